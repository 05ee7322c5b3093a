import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMe } from "@/session/useSession";
import classes from "./Account.module.css";
import { PasswordForm } from "./PasswordForm";
import { Sessions } from "./Sessions";

/** The person's own account: password and log-ins. */
export function AccountPage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <div className={classes.page}>
      <div>
        <h1 className={classes.title}>{t("account.title")}</h1>
        <Text c="dimmed">
          {[me.name, me.email !== me.name && me.email, me.tenant_name].filter(Boolean).join(" · ")}
        </Text>
      </div>
      <PasswordForm />
      <Sessions />
    </div>
  );
}
