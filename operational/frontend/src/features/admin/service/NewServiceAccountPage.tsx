import { Alert, Button, Group, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authCreateServiceAccount, data, type ServiceAccountIn } from "@/api";
import { useCommand } from "@/commands/registry";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import { useOnce } from "@/components/useOnce";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead } from "@/features/crm/RecordHead";
import classes from "../Admin.module.css";
import { serviceAccountsQuery, userQuery } from "../queries";
import { RolePicker } from "../staff/RolePicker";

/** Makes a service account; its keys are made on its page. */
export function NewServiceAccountPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<string[]>([]);
  const [isAsked, setAsked] = useState(false);
  const create = useCreate();
  const back = () => void navigate({ to: "/service-accounts", search: (search) => search });
  useCommand("page.back", back);
  const errors = fieldErrors(create.error);
  const isWhole = name.trim() !== "" && roles.length > 0;
  return (
    <article className={crm.record} aria-label={t("commands.go.newServiceAccount")}>
      <RecordHead name={t("commands.go.newServiceAccount")} onBack={back}>
        <p className={classes.lead}>{t("admin.service.newHelp")}</p>
      </RecordHead>
      <form
        noValidate
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (isWhole) create.mutate({ name: name.trim(), roles });
        }}
      >
        <TextInput
          label={t("crm.field.name")}
          description={t("admin.service.nameHelp")}
          required
          autoFocus
          autoComplete="off"
          maxLength={300}
          value={name}
          error={isAsked && !name.trim() ? t("account.missing") : errors.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <RolePicker
          value={roles}
          onChange={setRoles}
          error={isAsked && roles.length === 0 ? t("admin.staff.noRole") : errors.roles}
        />
        {create.error && Object.keys(errors).length === 0 && (
          <Alert color="bad" variant="light" role="alert">
            {problemText(create.error)}
          </Alert>
        )}
        <Group gap="sm">
          <Button type="submit" loading={create.isPending}>
            {t("admin.service.create")}
          </Button>
          <Button variant="default" onClick={back}>
            {t("cancel")}
          </Button>
        </Group>
      </form>
    </article>
  );
}

function useCreate() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: ServiceAccountIn) =>
      data(authCreateServiceAccount({ body, headers: once(body), throwOnError: true })),
    onSuccess: (saved) => {
      client.setQueryData(userQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: serviceAccountsQuery.queryKey });
      void navigate({ to: "/service-accounts/$accountId", params: { accountId: saved.id }, search: {} });
    },
  });
}
