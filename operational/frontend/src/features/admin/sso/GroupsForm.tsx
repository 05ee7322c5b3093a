import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProviderOut } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { RecordForm } from "@/features/crm/RecordForm";
import classes from "../Admin.module.css";
import { useRoleChoices } from "../roles/useRoleChoices";
import { blank, changed, problems, type Row, type RowProblem, rowsOf, rulesOf, without } from "./groups";
import { PRESETS } from "./presets";
import sso from "./Sso.module.css";
import { useProviderChange } from "./useProviderChange";

/** Changes which groups give which roles, and the claim that names the groups. */
export function GroupsForm({ provider, onClose }: { provider: ProviderOut; onClose: () => void }) {
  const { t } = useTranslation();
  const [rows, setRows] = useState(() => rowsOf(provider.group_roles));
  const [claim, setClaim] = useState(provider.groups_claim ?? "");
  const [isAsked, setAsked] = useState(false);
  const save = useProviderChange(provider, onClose);
  const errors = fieldErrors(save.error);
  const wrong = problems(rows);
  const rules = rulesOf(rows);
  const lacksClaim = rules.length > 0 && claim.trim() === "";
  const refused = Object.entries(errors).find(([name]) => name.startsWith("group_roles"))?.[1];
  return (
    <RecordForm
      title={t("provider.groups")}
      opened
      onClose={onClose}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => {
        setAsked(true);
        if (wrong.size === 0 && !lacksClaim) save.mutate({ group_roles: rules, groups_claim: claim.trim() || null });
      }}
    >
      <p className={classes.help}>{t("provider.groupsHelp")}</p>
      <TextInput
        label={t("provider.claim")}
        description={t("provider.claimHelp", { usual: PRESETS[provider.preset].groupsClaim })}
        spellCheck={false}
        maxLength={300}
        value={claim}
        error={isAsked && lacksClaim ? t("account.missing") : errors.groups_claim}
        onChange={(event) => setClaim(event.currentTarget.value)}
      />
      <Mapping
        rows={rows}
        onChange={setRows}
        wrong={isAsked ? wrong : undefined}
        isEntra={provider.preset === "entra"}
      />
      {refused && (
        <p role="alert" className={classes.refused}>
          {refused}
        </p>
      )}
    </RecordForm>
  );
}

type MappingProps = {
  rows: readonly Row[];
  onChange: (rows: Row[]) => void;
  wrong: ReadonlyMap<number, RowProblem> | undefined;
  isEntra: boolean;
};

/** One line for each group and role. */
function Mapping({ rows, onChange, wrong, isEntra }: MappingProps) {
  const { t } = useTranslation();
  const roles = useRoleChoices(rows.map(({ role }) => role));
  const said = (key: number, ...kinds: RowProblem[]) => {
    const problem = wrong?.get(key);
    return problem && kinds.includes(problem) ? t(`provider.row.${problem}`) : undefined;
  };
  return (
    <>
      <ul className={sso.rows} aria-label={t("provider.groups")}>
        {rows.map(({ key, group, role }, index) => (
          <li key={key} className={sso.row}>
            <TextInput
              aria-label={t("provider.groupOf", { number: index + 1 })}
              placeholder={t(isEntra ? "provider.groupEntra" : "provider.group")}
              spellCheck={false}
              maxLength={300}
              value={group}
              error={said(key, "noGroup", "twice")}
              onChange={(event) => onChange(changed(rows, key, { group: event.currentTarget.value }))}
            />
            <Select
              aria-label={t("provider.roleOf", { number: index + 1 })}
              placeholder={t("provider.role")}
              data={roles}
              value={role || null}
              error={said(key, "noRole")}
              onChange={(next) => onChange(changed(rows, key, { role: next ?? "" }))}
            />
            <ActionIcon
              variant="subtle"
              c="var(--psa-ink)"
              aria-label={t("provider.removeRow", { number: index + 1 })}
              onClick={() => onChange(without(rows, key))}
            >
              <IconTrash size={16} stroke={1.5} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Button
        variant="default"
        size="compact-md"
        className={classes.start}
        leftSection={<IconPlus size={16} />}
        disabled={rows.length >= 200}
        onClick={() => onChange([...rows, blank()])}
      >
        {t("provider.addRow")}
      </Button>
    </>
  );
}
