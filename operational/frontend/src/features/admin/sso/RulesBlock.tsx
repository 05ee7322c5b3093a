import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProviderOut } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { Block } from "@/features/crm/Block";
import { RecordForm } from "@/features/crm/RecordForm";
import { roleName } from "@/features/permissions/words";
import classes from "../Admin.module.css";
import { needsDomains, PRESETS, type Rules, sentRules } from "./presets";
import { RuleFields } from "./RuleFields";
import sso from "./Sso.module.css";
import { useProviderChange } from "./useProviderChange";

/** Who is let in by a provider. */
export function RulesBlock({ provider }: { provider: ProviderOut }) {
  const { t } = useTranslation();
  const [isOpen, form] = useDisclosure(false);
  const { allowed_domains: domains, default_roles: roles, group_roles: groups } = provider;
  const byAddress = provider.link_by_verified_email || provider.creates_accounts;
  const yes = (is: boolean) => t(is ? "provider.yes" : "provider.no");
  return (
    <Block
      title={t("provider.partRules")}
      action={
        <Button size="compact-sm" variant="default" onClick={form.open} aria-label={t("provider.editRules")}>
          {t("admin.change")}
        </Button>
      }
    >
      <dl className={sso.facts}>
        <dt>{t("provider.link")}</dt>
        <dd>{yes(provider.link_by_verified_email)}</dd>
        <dt>{t("provider.create")}</dt>
        <dd>{yes(provider.creates_accounts)}</dd>
        {provider.creates_accounts && (
          <>
            <dt>{t("provider.defaultRoles")}</dt>
            <dd>
              {roles.map((name) => roleName(t, name)).join(", ") ||
                t(groups.length > 0 ? "provider.rolesByGroups" : "provider.rolesNone")}
            </dd>
          </>
        )}
        {(byAddress || domains.length > 0) && (
          <>
            <dt>{t("provider.domains")}</dt>
            <dd>{domains.join(", ") || t("provider.none")}</dd>
          </>
        )}
        {byAddress && !PRESETS[provider.preset].verifies && (
          <>
            <dt>{t("provider.trust")}</dt>
            <dd>{yes(provider.trusts_email)}</dd>
          </>
        )}
      </dl>
      <div className={sso.inner}>
        <p className={classes.help}>{t(byAddress ? "provider.passwordsStay" : "provider.byHandOnly")}</p>
      </div>
      {isOpen && <RulesForm provider={provider} onClose={form.close} />}
    </Block>
  );
}

function RulesForm({ provider, onClose }: { provider: ProviderOut; onClose: () => void }) {
  const { t } = useTranslation();
  const [rules, setRules] = useState<Rules>({
    allowed_domains: provider.allowed_domains,
    link_by_verified_email: provider.link_by_verified_email,
    trusts_email: provider.trusts_email,
    creates_accounts: provider.creates_accounts,
    default_roles: provider.default_roles,
  });
  const [isAsked, setAsked] = useState(false);
  const save = useProviderChange(provider, onClose);
  return (
    <RecordForm
      title={t("provider.partRules")}
      opened
      onClose={onClose}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => {
        setAsked(true);
        if (!needsDomains(rules)) save.mutate(sentRules(provider.preset, rules));
      }}
    >
      <RuleFields
        preset={provider.preset}
        rules={rules}
        onChange={setRules}
        errors={fieldErrors(save.error)}
        isAsked={isAsked}
      />
    </RecordForm>
  );
}
