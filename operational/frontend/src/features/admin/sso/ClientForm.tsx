import { Button, Checkbox, PasswordInput, TagsInput, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProviderChange, ProviderOut } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { changedValues, RecordForm } from "@/features/crm/RecordForm";
import { PRESETS } from "./presets";
import { useProviderChange } from "./useProviderChange";

/** Changes what a provider is called and how we show it who we are. */
export function ClientForm({ provider }: { provider: ProviderOut }) {
  const { t } = useTranslation();
  const [isOpen, form] = useDisclosure(false);
  return (
    <>
      <Button size="compact-md" variant="default" leftSection={<IconPencil size={16} />} onClick={form.open}>
        {t("crm.edit")}
      </Button>
      {isOpen && <Opened provider={provider} onClose={form.close} />}
    </>
  );
}

type Name = "name" | "issuer" | "client_id";

function Opened({ provider, onClose }: { provider: ProviderOut; onClose: () => void }) {
  const { t } = useTranslation();
  const { name, issuer, client_id, preset } = provider;
  const [values, setValues] = useState({ name, issuer, client_id });
  const [scopes, setScopes] = useState(provider.scopes);
  const [secret, setSecret] = useState("");
  const [isPublic, setPublic] = useState(!provider.has_client_secret);
  const [isAsked, setAsked] = useState(false);
  const save = useProviderChange(provider, onClose);
  const errors = fieldErrors(save.error);
  const isFixed = provider.people > 0;
  const field = (name: Name) => ({
    required: true,
    spellCheck: false,
    maxLength: 300,
    value: values[name],
    error: isAsked && values[name].trim() === "" ? t("account.missing") : errors[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });
  const body = (): ProviderChange => ({
    ...(changedValues(values, provider) as ProviderChange),
    ...(scopes.join(" ") !== provider.scopes.join(" ") && { scopes }),
    ...(isPublic ? provider.has_client_secret && { client_secret: null } : secret && { client_secret: secret.trim() }),
  });
  const secretHelp = provider.has_client_secret ? "provider.secretReplace" : "provider.secretHelp";
  return (
    <RecordForm
      title={t("provider.edit")}
      opened
      onClose={onClose}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => {
        setAsked(true);
        if (Object.values(values).every((value) => value.trim() !== "")) save.mutate(body());
      }}
    >
      <TextInput {...field("name")} label={t("crm.field.name")} description={t("provider.nameHelp")} data-autofocus />
      {PRESETS[preset].hasIssuer && (
        <TextInput
          {...field("issuer")}
          label={t("provider.issuer")}
          description={t(isFixed ? "provider.issuerFixed" : `provider.issuerHelp.${preset}`)}
          disabled={isFixed}
        />
      )}
      <TextInput
        {...field("client_id")}
        label={t("provider.clientId")}
        description={t(`provider.clientIdHelp.${preset}`)}
      />
      <PasswordInput
        label={t("provider.secret")}
        description={t(secretHelp)}
        placeholder={provider.has_client_secret && !isPublic ? t("provider.secretUnchanged") : undefined}
        autoComplete="new-password"
        maxLength={1000}
        disabled={isPublic}
        visibilityToggleButtonProps={{ "aria-label": t("login.show") }}
        value={isPublic ? "" : secret}
        error={errors.client_secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
      />
      <Checkbox
        label={t("provider.public")}
        description={t("provider.publicHelp")}
        checked={isPublic}
        onChange={(event) => setPublic(event.currentTarget.checked)}
      />
      <TagsInput
        label={t("provider.scopes")}
        description={t("provider.scopesHelp")}
        value={scopes}
        error={errors.scopes}
        splitChars={[",", " "]}
        acceptValueOnBlur
        onChange={setScopes}
      />
    </RecordForm>
  );
}
