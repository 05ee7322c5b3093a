import { Alert, Button, Group, NativeSelect, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { authCreateRole, data, type RoleIn } from "@/api";
import { useCommand } from "@/commands/registry";
import { fieldErrors } from "@/components/fieldErrors";
import { Needs } from "@/components/Needs";
import { problemText } from "@/components/notifyProblem";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead } from "@/features/crm/RecordHead";
import { roleName } from "@/features/permissions/words";
import classes from "../Admin.module.css";
import { permissionsQuery, rolesQuery } from "../queries";
import { DescriptionField } from "./DescriptionField";
import { type Cell, edited, type Given } from "./matrix";
import { roleCode } from "./names";
import { RoleMatrix } from "./RoleMatrix";

// without it nobody gets in
const BARE: Given = { "auth.account.use": "all" };

/** Makes a role of the company's own. */
export function NewRolePage() {
  return (
    <Needs permission="auth.role.manage">
      <NewRole />
    </Needs>
  );
}

function NewRole() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [given, setGiven] = useState<Given>(BARE);
  const [isAsked, setAsked] = useState(false);
  const permissions = useQuery(permissionsQuery).data;
  const create = useCreate();
  const back = () => void navigate({ to: "/roles", search: (search) => search });
  useCommand("page.back", back);
  const onCell = useCallback((key: string, cell: Cell) => setGiven((now) => edited(now, { [key]: cell })), []);
  const code = roleCode(name);
  const isNamed = code.length >= 2;
  return (
    <article className={crm.record} aria-label={t("admin.role.new")}>
      <RecordHead name={t("admin.role.new")} onBack={back}>
        <p className={classes.lead}>{t("admin.role.newHelp")}</p>
      </RecordHead>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (isNamed) {
            create.mutate({ name: code, description: description.trim() || null, permissions: { ...given } });
          }
        }}
      >
        <div className={classes.form}>
          <TextInput
            label={t("crm.field.name")}
            description={code ? t("admin.role.codeHelp", { code }) : t("admin.role.nameHelp")}
            required
            autoFocus
            maxLength={60}
            value={name}
            error={isAsked && !isNamed ? t("admin.role.nameMissing") : fieldErrors(create.error).name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <DescriptionField value={description} onChange={setDescription} />
          <Template onPick={setGiven} />
        </div>
        {permissions ? (
          <RoleMatrix permissions={permissions} given={given} onCell={onCell} />
        ) : (
          <Skeleton height={300} m={16} w="auto" animate={false} />
        )}
        <div className={classes.formEnd}>
          {create.error && (
            <Alert color="bad" variant="light" role="alert">
              {problemText(create.error)}
            </Alert>
          )}
          <Group gap="sm">
            <Button type="submit" loading={create.isPending}>
              {t("admin.role.create")}
            </Button>
            <Button variant="default" onClick={back}>
              {t("cancel")}
            </Button>
          </Group>
        </div>
      </form>
    </article>
  );
}

/** Begins with what another role gives. */
function Template({ onPick }: { onPick: (given: Given) => void }) {
  const { t } = useTranslation();
  const roles = useQuery(rolesQuery).data ?? [];
  return (
    <NativeSelect
      label={t("admin.role.template")}
      maw={480}
      data={[
        { value: "", label: t("admin.role.templateNone") },
        ...roles.map(({ id, name }) => ({ value: id, label: roleName(t, name) })),
      ]}
      onChange={(event) => {
        const id = event.currentTarget.value;
        onPick(roles.find((role) => role.id === id)?.permissions ?? BARE);
      }}
    />
  );
}

function useCreate() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: RoleIn) => data(authCreateRole({ body, throwOnError: true })),
    onSuccess: (saved) => {
      client.setQueryData(rolesQuery.queryKey, (before) => before && [...before, saved]);
      void navigate({ to: "/roles/$roleId", params: { roleId: saved.id }, search: {} });
    },
  });
}
