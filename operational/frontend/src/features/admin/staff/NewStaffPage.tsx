import { Alert, Button, Group, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authCreateUser, data, type UserIn } from "@/api";
import { useCommand } from "@/commands/registry";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import { useOnce } from "@/components/useOnce";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead } from "@/features/crm/RecordHead";
import classes from "../Admin.module.css";
import { userQuery } from "../queries";
import { RolePicker } from "./RolePicker";
import { TeamField } from "./TeamField";

const BLANK = { name: "", email: "", team: "", roles: [] as string[] };
type Values = typeof BLANK;

/** Adds a member of the staff, who gets an invitation by mail. */
export function NewStaffPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [values, setValues] = useState<Values>(BLANK);
  const [isAsked, setAsked] = useState(false);
  const create = useCreate();
  const back = () => void navigate({ to: "/staff", search: (search) => search });
  useCommand("page.back", back);
  const errors = fieldErrors(create.error);
  const missing = (name: "name" | "email" | "roles") =>
    isAsked && values[name].length === 0 ? t(name === "roles" ? "admin.staff.noRole" : "account.missing") : undefined;
  const text = (name: "name" | "email") => ({
    label: t(`crm.field.${name}`),
    maxLength: name === "email" ? 254 : 300,
    value: values[name],
    error: missing(name) ?? errors[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });
  return (
    <article className={crm.record} aria-label={t("admin.staff.new")}>
      <RecordHead name={t("admin.staff.new")} onBack={back}>
        <p className={classes.lead}>{t("admin.staff.newHelp")}</p>
      </RecordHead>
      <form
        noValidate
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          const body = bodyOf(values);
          if (body) create.mutate(body);
        }}
      >
        <TextInput {...text("name")} required autoFocus autoComplete="off" />
        <TextInput {...text("email")} required type="email" autoComplete="off" />
        <TeamField value={values.team} error={errors.team} onChange={(team) => setValues({ ...values, team })} />
        <RolePicker
          value={values.roles}
          onChange={(roles) => setValues({ ...values, roles })}
          error={missing("roles") ?? errors.roles}
        />
        {create.error && Object.keys(errors).length === 0 && (
          <Alert color="bad" variant="light" role="alert">
            {problemText(create.error)}
          </Alert>
        )}
        <Group gap="sm">
          <Button type="submit" loading={create.isPending}>
            {t("admin.staff.invite")}
          </Button>
          <Button variant="default" onClick={back}>
            {t("cancel")}
          </Button>
        </Group>
      </form>
    </article>
  );
}

/** The body to send, or null while what must be there is not. */
function bodyOf({ name, email, team, roles }: Values): UserIn | null {
  if (!name.trim() || !email.trim() || roles.length === 0) return null;
  return { name: name.trim(), email: email.trim(), team: team.trim() || null, roles };
}

function useCreate() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: UserIn) => data(authCreateUser({ body, headers: once(body), throwOnError: true })),
    onSuccess: (saved) => {
      client.setQueryData(userQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["staff"] });
      void client.invalidateQueries({ queryKey: ["mail"] });
      notifications.show({ message: t("admin.staff.invited", { email: saved.email }) });
      void navigate({ to: "/staff/$userId", params: { userId: saved.id }, search: {} });
    },
  });
}
