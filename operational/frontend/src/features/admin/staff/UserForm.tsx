import { Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authUpdateUser, type UserChange, type UserDetail } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { changedValues, RecordForm } from "@/features/crm/RecordForm";
import { TeamField } from "./TeamField";
import { useUserChange } from "./useUserChange";

type Values = { name: string; email: string; team: string; active_from: string; active_to: string };
type Name = keyof Values;
type Props = { user: UserDetail; opened: boolean; onClose: () => void };

/** Changes a person's values. */
export function UserForm(props: Props) {
  // made anew each time, so that it begins with what is true now
  return props.opened ? <Opened {...props} /> : null;
}

function Opened({ user, opened, onClose }: Props) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Values>(() => ({
    name: user.name,
    email: user.email ?? "",
    team: user.team ?? "",
    active_from: user.active_from ?? "",
    active_to: user.active_to ?? "",
  }));
  const [isAsked, setAsked] = useState(false);
  const save = useUserChange<UserChange>(
    user,
    (body, path, headers) => authUpdateUser({ path, headers, body, throwOnError: true }),
    onClose,
  );
  const errors = fieldErrors(save.error);
  const needed = (name: Name) => name === "name" || (name === "email" && user.email !== null);
  const isMissing = (name: Name) => needed(name) && values[name].trim() === "";
  const field = (name: Name, label: string) => ({
    label: t(label),
    required: needed(name),
    value: values[name],
    error: isAsked && isMissing(name) ? t("account.missing") : errors[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });
  return (
    <RecordForm
      title={t("admin.staff.edit")}
      opened={opened}
      onClose={onClose}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => {
        setAsked(true);
        if (isMissing("name") || isMissing("email")) return;
        save.mutate(changedValues(values, user as Partial<Values>) as UserChange);
      }}
    >
      <TextInput {...field("name", "crm.field.name")} data-autofocus maxLength={300} />
      <TextInput
        {...field("email", "crm.field.email")}
        type="email"
        maxLength={254}
        description={t("admin.staff.emailHelp")}
      />
      {user.kind !== "portal" && (
        <TeamField value={values.team} error={errors.team} onChange={(team) => setValues({ ...values, team })} />
      )}
      <Group grow align="flex-start">
        <TextInput {...field("active_from", "admin.staff.since")} type="date" />
        <TextInput {...field("active_to", "admin.staff.until")} type="date" />
      </Group>
    </RecordForm>
  );
}
