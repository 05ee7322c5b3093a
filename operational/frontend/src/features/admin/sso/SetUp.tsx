import { Alert } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CopyField } from "@/components/CopyField";
import { type Address, PRESETS, type Preset } from "./presets";
import classes from "./Sso.module.css";

/** What is to be done at the provider, and the addresses to register there. */
export function SetUp({ preset, addresses }: { preset: Preset; addresses: Record<Address, string> }) {
  const { t } = useTranslation();
  const about = PRESETS[preset];
  const numbers = Array.from({ length: about.steps }, (_, index) => index + 1);
  return (
    <div className={classes.setUp}>
      <ol className={classes.steps}>
        {numbers.map((number) => (
          <li key={number}>{t(`provider.steps.${preset}.s${number}`)}</li>
        ))}
      </ol>
      {about.addresses.map((name) => (
        <CopyField
          key={name}
          label={t(`provider.address.${name}`)}
          description={t(`provider.address.${name}Help`)}
          value={addresses[name]}
        />
      ))}
      <ElsewhereHint address={addresses.redirect_uri} />
    </div>
  );
}

/** Providers send browsers to the public address only: says so where this page is open under another one. */
function ElsewhereHint({ address }: { address: string }) {
  const { t } = useTranslation();
  const { origin } = new URL(address);
  if (origin === window.location.origin) return null;
  return (
    <Alert color="warn" variant="light" p="sm" title={t("provider.elsewhere", { origin })}>
      {t("provider.elsewhereHelp", { here: window.location.origin })}
    </Alert>
  );
}
