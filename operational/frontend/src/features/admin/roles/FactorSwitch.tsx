import { Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";

type Props = { isOn: boolean; onChange?: (isOn: boolean) => void };

/** Whether whoever holds a role must have a second factor; without `onChange` only to be read. */
export function FactorSwitch({ isOn, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Switch
      maw={680}
      label={t("admin.role.factor")}
      description={t("admin.role.factorHelp")}
      checked={isOn}
      disabled={!onChange}
      onChange={(event) => onChange?.(event.currentTarget.checked)}
    />
  );
}
