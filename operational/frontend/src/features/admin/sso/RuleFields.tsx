import { MultiSelect, Switch, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useRoleChoices } from "../roles/useRoleChoices";
import { PRESETS, type Preset, type Rules } from "./presets";

type Props = {
  preset: Preset;
  rules: Rules;
  onChange: (rules: Rules) => void;
  errors: Readonly<Record<string, string>>;
  /** Whether what is missing shall be said. */
  isAsked: boolean;
};

/** Who is let in: of which domains, whether by an account that is there or by a new one, and with which roles. */
export function RuleFields({ preset, rules, onChange, errors, isAsked }: Props) {
  const { t } = useTranslation();
  const roles = useRoleChoices(rules.default_roles);
  const set = (values: Partial<Rules>) => onChange({ ...rules, ...values });
  const byAddress = rules.link_by_verified_email || rules.creates_accounts;
  const lacksDomains = isAsked && byAddress && rules.allowed_domains.length === 0;
  return (
    <>
      <Switch
        label={t("provider.link")}
        description={t("provider.linkHelp")}
        checked={rules.link_by_verified_email}
        error={errors.link_by_verified_email}
        onChange={(event) => set({ link_by_verified_email: event.currentTarget.checked })}
      />
      <Switch
        label={t("provider.create")}
        description={t("provider.createHelp")}
        checked={rules.creates_accounts}
        error={errors.creates_accounts}
        onChange={(event) => set({ creates_accounts: event.currentTarget.checked })}
      />
      {rules.creates_accounts && (
        <MultiSelect
          label={t("provider.defaultRoles")}
          description={t("provider.defaultRolesHelp")}
          data={roles}
          value={rules.default_roles}
          error={errors.default_roles}
          searchable
          clearable
          hidePickedOptions
          nothingFoundMessage={t("ticket.nothingFound")}
          clearButtonProps={{ "aria-label": t("ticket.clearField") }}
          onChange={(default_roles) => set({ default_roles })}
        />
      )}
      <TagsInput
        label={t("provider.domains")}
        description={t("provider.domainsHelp")}
        placeholder={rules.allowed_domains.length === 0 ? "example.org" : undefined}
        required={byAddress}
        value={rules.allowed_domains}
        error={lacksDomains ? t("provider.problem.domains_needed") : errors.allowed_domains}
        splitChars={[",", " ", ";"]}
        acceptValueOnBlur
        clearable
        maxTags={100}
        clearButtonProps={{ "aria-label": t("ticket.clearField") }}
        onChange={(allowed_domains) => set({ allowed_domains })}
      />
      {byAddress && !PRESETS[preset].verifies && (
        <Switch
          label={t("provider.trust")}
          description={t(preset === "entra" ? "provider.trustHelpEntra" : "provider.trustHelp")}
          checked={rules.trusts_email}
          error={errors.trusts_email}
          onChange={(event) => set({ trusts_email: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
