import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useMe } from "@/session/useSession";
import classes from "../Account.module.css";
import { KeyList } from "./KeyList";
import { NewKey } from "./NewKey";

/** The person's own API keys. */
export function ApiKeys() {
  const { t } = useTranslation();
  const { permissions } = useMe();
  const [isOpen, form] = useDisclosure(false);
  return (
    <section className={classes.part} aria-label={t("account.keys.title")}>
      <div className={classes.head}>
        <h2 className={classes.partTitle}>{t("account.keys.title")}</h2>
        <Button variant="default" size="compact-md" onClick={form.open}>
          {t("account.keys.new")}
        </Button>
      </div>
      <Text c="dimmed" maw={680}>
        {t("account.keys.help")}
      </Text>
      <KeyList owner={null} />
      {isOpen && <NewKey owner={null} permissions={permissions} onClose={form.close} />}
    </section>
  );
}
