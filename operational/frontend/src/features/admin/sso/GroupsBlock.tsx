import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { ProviderOut } from "@/api";
import { Block } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { roleName } from "@/features/permissions/words";
import { formatNumber } from "@/i18n/format";
import classes from "../Admin.module.css";
import { GroupsForm } from "./GroupsForm";
import sso from "./Sso.module.css";

/** Which groups at the provider give which roles here. */
export function GroupsBlock({ provider }: { provider: ProviderOut }) {
  const { t } = useTranslation();
  const [isOpen, form] = useDisclosure(false);
  const { group_roles: rules, groups_claim: claim } = provider;
  return (
    <Block
      title={t("provider.groups")}
      count={rules.length > 0 ? formatNumber(rules.length) : undefined}
      action={
        <Button size="compact-sm" variant="default" onClick={form.open} aria-label={t("provider.editGroups")}>
          {t("admin.change")}
        </Button>
      }
    >
      {rules.length === 0 ? (
        <div className={crm.none}>{t("provider.groupsNone")}</div>
      ) : (
        <>
          <div className={sso.inner}>
            <p className={classes.help}>
              {t("provider.groupsHelp")} {claim ? t("provider.claimIs", { claim }) : t("provider.claimNone")}
            </p>
          </div>
          <table className={sso.mapping}>
            <thead>
              <tr>
                <th scope="col">{t("provider.group")}</th>
                <th scope="col">{t("provider.role")}</th>
              </tr>
            </thead>
            <tbody>
              {rules.map(({ group, role }) => (
                <tr key={`${group} ${role}`}>
                  <td>{group}</td>
                  <td>{roleName(t, role)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {isOpen && <GroupsForm provider={provider} onClose={form.close} />}
    </Block>
  );
}
