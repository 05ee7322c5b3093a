import { Button, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay, useMe } from "@/session/useSession";
import classes from "./Account.module.css";
import { SecondFactors } from "./factors/SecondFactors";
import { ApiKeys } from "./keys/ApiKeys";
import { PasswordForm } from "./PasswordForm";
import { Sessions } from "./Sessions";

/** The person's own account: password, second factor, log-ins, API keys. */
export function AccountPage() {
  const { t } = useTranslation();
  const me = useMe();
  const mayKeys = useMay("auth.api_key.use");
  return (
    <div className={classes.page}>
      <div>
        <h1 className={classes.title}>{t("account.title")}</h1>
        <Text c="dimmed">
          {[me.name, me.email !== me.name && me.email, me.tenant_name].filter(Boolean).join(" · ")}
        </Text>
      </div>
      <SecondFactors />
      {me.has_password ? <PasswordForm /> : <NoPassword />}
      {mayKeys && <ApiKeys />}
      <Rights />
      <Sessions />
    </div>
  );
}

/** For those who come by an identity provider or a passkey alone. */
function NoPassword() {
  const { t } = useTranslation();
  return (
    <section className={classes.part} aria-label={t("account.password")}>
      <h2 className={classes.partTitle}>{t("account.password")}</h2>
      <Text c="dimmed" maw={680}>
        {t("account.noPassword")}
      </Text>
    </section>
  );
}

/** The way to what the person may do. */
function Rights() {
  const { t } = useTranslation();
  return (
    <section className={classes.part} aria-label={t("commands.go.permissions")}>
      <h2 className={classes.partTitle}>{t("commands.go.permissions")}</h2>
      <Text c="dimmed" maw={680}>
        {t("admin.rights.mineHelp")}
      </Text>
      <Button variant="default" component={Link} to="/account/permissions" className={classes.go}>
        {t("admin.rights.show")}
      </Button>
    </section>
  );
}
