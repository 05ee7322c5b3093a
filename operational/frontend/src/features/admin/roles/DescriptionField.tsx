import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** What a company's own role is for, in its own words. */
export function DescriptionField({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t("admin.role.description")}
      description={t("admin.role.descriptionHelp")}
      maxLength={300}
      maw={480}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
