import { Alert, Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { hasPasskeys, isAddress, namedOrigin } from "@/session/passkeys";

/** Says why passkeys do not work on this page, and where they do; nothing where they work. */
export function NoPasskeysHere() {
  const { t } = useTranslation();
  if (hasPasskeys()) return null;
  if (!isAddress(window.location.hostname)) {
    return (
      <Alert color="info" variant="light" p="sm">
        {t("account.factors.noPasskeys")}
      </Alert>
    );
  }
  const named = namedOrigin();
  return (
    <Alert color="info" variant="light" p="sm">
      {t(named ? "account.factors.addressLocal" : "account.factors.address")}{" "}
      {named && (
        <Anchor href={named + window.location.pathname} inherit underline="always">
          {named}
        </Anchor>
      )}
    </Alert>
  );
}
