import { Alert, Button, Group, Modal, NativeSelect, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { KeyIn } from "@/api";
import { CopyField } from "@/components/CopyField";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import { createKey, keysQuery, type Owner } from "./calls";
import { EXPIRIES, type Expiry, expiresAt } from "./expiry";
import { PermissionPicker } from "./PermissionPicker";

const BLANK = { name: "", expiry: "90" as Expiry, day: "", isAll: true, chosen: [] as string[] };
type Values = typeof BLANK;
/** Those a key may be confined to: what its owner may. */
type Props = { owner: Owner; permissions: readonly string[]; onClose: () => void };

/** Makes an API key, and shows it once. */
export function NewKey({ owner, permissions, onClose }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (body: KeyIn) => createKey(owner, body),
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery(owner).queryKey }),
  });
  const made = create.data;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={!made}
      withCloseButton={!made}
      title={made ? t("account.keys.madeTitle", { name: made.name }) : t("account.keys.new")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {made ? (
        <Stack gap="md">
          <Text>{t("account.keys.madeText")}</Text>
          <CopyField label={t("account.keys.key")} description={t("account.keys.keyHelp")} value={made.key} />
          <Group>
            <Button onClick={onClose}>{t("account.keys.kept")}</Button>
          </Group>
        </Stack>
      ) : (
        <Form
          isOwn={owner === null}
          permissions={permissions}
          error={create.error}
          isPending={create.isPending}
          onSubmit={create.mutate}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

type FormProps = {
  isOwn: boolean;
  permissions: readonly string[];
  error: Error | null;
  isPending: boolean;
  onSubmit: (body: KeyIn) => void;
  onClose: () => void;
};

function Form({ isOwn, permissions, error, isPending, onSubmit, onClose }: FormProps) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Values>(BLANK);
  const [isAsked, setAsked] = useState(false);
  const errors = fieldErrors(error);
  const change = (part: Partial<Values>) => setValues({ ...values, ...part });
  const missing = t("account.missing");
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        const body = bodyOf(values);
        if (body) onSubmit(body);
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t("crm.field.name")}
          description={t("account.keys.nameHelp")}
          required
          data-autofocus
          autoComplete="off"
          maxLength={100}
          value={values.name}
          error={isAsked && !values.name.trim() ? missing : errors.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Ends values={values} isAsked={isAsked} error={errors.expires_at} onChange={change} />
        <Radio.Group
          label={t("account.keys.may")}
          description={t("account.keys.mayHelp")}
          value={values.isAll ? "all" : "some"}
          onChange={(next) => change({ isAll: next === "all" })}
        >
          <Stack gap="sm" mt={8}>
            <Radio value="all" label={t(isOwn ? "account.keys.allMine" : "account.keys.allTheirs")} />
            <Radio value="some" label={t("account.keys.some")} />
          </Stack>
        </Radio.Group>
        {!values.isAll && (
          <PermissionPicker
            permissions={permissions}
            value={values.chosen}
            error={isAsked && values.chosen.length === 0 ? t("account.keys.noneChosen") : errors.permissions}
            onChange={(chosen) => change({ chosen })}
          />
        )}
        {error && Object.keys(errors).length === 0 && (
          <Alert color="bad" variant="light" role="alert" p="sm">
            {problemText(error)}
          </Alert>
        )}
        <Group gap="sm">
          <Button type="submit" loading={isPending}>
            {t("account.keys.create")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type EndsProps = {
  values: Values;
  isAsked: boolean;
  error?: string;
  onChange: (part: Partial<Values>) => void;
};

/** Until when the key works. */
function Ends({ values, isAsked, error, onChange }: EndsProps) {
  const { t } = useTranslation();
  const isDay = values.expiry === "day";
  return (
    <Group gap="sm" align="flex-start" grow>
      <NativeSelect
        label={t("account.keys.expiry")}
        value={values.expiry}
        error={isDay ? undefined : error}
        data={EXPIRIES.map((value) => ({ value, label: t(`account.keys.expiry_${value}`) }))}
        onChange={(event) => onChange({ expiry: event.currentTarget.value as Expiry })}
      />
      {isDay && (
        <TextInput
          label={t("account.keys.day")}
          type="date"
          required
          value={values.day}
          error={isAsked && !values.day ? t("account.missing") : error}
          onChange={(event) => onChange({ day: event.currentTarget.value })}
        />
      )}
    </Group>
  );
}

/** The body to send, or null while what must be there is not. */
function bodyOf({ name, expiry, day, isAll, chosen }: Values): KeyIn | null {
  const expires_at = expiresAt(expiry, day);
  if (!name.trim() || expires_at === undefined || (!isAll && chosen.length === 0)) return null;
  return { name: name.trim(), expires_at, permissions: isAll ? null : chosen };
}
