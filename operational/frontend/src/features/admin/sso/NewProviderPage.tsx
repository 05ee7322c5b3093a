import { Alert, Button, Group, PasswordInput, Radio, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authCreateIdentityProvider, data, type ProviderIn } from "@/api";
import { useCommand } from "@/commands/registry";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import { Block } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead } from "@/features/crm/RecordHead";
import classes from "../Admin.module.css";
import { bodyOf, missing, NO_RULES, PRESET_NAMES, PRESETS, type Preset, type Values } from "./presets";
import { providersQuery } from "./queries";
import { RuleFields } from "./RuleFields";
import { SetUp } from "./SetUp";
import sso from "./Sso.module.css";

const BLANK: Values = { preset: "entra", name: "", issuer: "", client_id: "", client_secret: "", ...NO_RULES };

/** Sets an identity provider up: which kind, what to do there, what it has given us, and who is let in. */
export function NewProviderPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [values, setValues] = useState(BLANK);
  const [isAsked, setAsked] = useState(false);
  const create = useCreate();
  const addresses = useQuery(providersQuery).data;
  const back = () => void navigate({ to: "/identity-providers", search: (search) => search });
  useCommand("page.back", back);
  const errors = fieldErrors(create.error);
  const lacking = missing(values);
  const about = PRESETS[values.preset];
  const set = (more: Partial<Values>) => setValues({ ...values, ...more });
  const text = (name: "name" | "issuer" | "client_id") => ({
    required: true,
    autoComplete: "off",
    spellCheck: false,
    maxLength: 300,
    value: values[name],
    error: isAsked && lacking.includes(name) ? t("account.missing") : errors[name],
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  return (
    <article className={crm.record} aria-label={t("commands.go.newIdentityProvider")}>
      <RecordHead name={t("commands.go.newIdentityProvider")} onBack={back}>
        <p className={classes.lead}>{t("provider.newHelp")}</p>
      </RecordHead>
      <form
        noValidate
        className={sso.page}
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (lacking.length === 0) create.mutate(bodyOf(values));
        }}
      >
        <Block title={t("provider.partKind")}>
          <div className={sso.fields}>
            <Kinds value={values.preset} onChange={(preset) => set({ preset })} />
            {addresses && <SetUp preset={values.preset} addresses={addresses} />}
          </div>
        </Block>
        <Block title={t("provider.partClient")}>
          <div className={sso.fields}>
            <TextInput {...text("name")} label={t("crm.field.name")} description={t("provider.nameHelp")} />
            {about.hasIssuer && (
              <TextInput
                {...text("issuer")}
                label={t(`provider.issuerOf.${values.preset}`)}
                description={t(`provider.issuerHelp.${values.preset}`)}
                placeholder={about.example}
              />
            )}
            <TextInput
              {...text("client_id")}
              label={t("provider.clientId")}
              description={t(`provider.clientIdHelp.${values.preset}`)}
            />
            <PasswordInput
              label={t("provider.secret")}
              description={t("provider.secretHelp")}
              autoComplete="new-password"
              maxLength={1000}
              visibilityToggleButtonProps={{ "aria-label": t("login.show") }}
              value={values.client_secret}
              error={errors.client_secret}
              onChange={(event) => set({ client_secret: event.currentTarget.value })}
            />
          </div>
        </Block>
        <Block title={t("provider.partPeople")}>
          <div className={sso.fields}>
            <RuleFields preset={values.preset} rules={values} onChange={set} errors={errors} isAsked={isAsked} />
            <p className={classes.help}>{t("provider.passwordsStay")}</p>
          </div>
        </Block>
        {create.error && Object.keys(errors).length === 0 && (
          <Alert color="bad" variant="light" role="alert">
            {problemText(create.error)}
          </Alert>
        )}
        {isAsked && lacking.length > 0 && <p className={classes.refused}>{t("provider.lacking")}</p>}
        <Group gap="sm">
          <Button type="submit" loading={create.isPending}>
            {t("provider.add")}
          </Button>
          <Button variant="default" onClick={back}>
            {t("cancel")}
          </Button>
        </Group>
      </form>
    </article>
  );
}

/** The kinds of providers there are. */
function Kinds({ value, onChange }: { value: Preset; onChange: (preset: Preset) => void }) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      className={sso.wide}
      aria-label={t("provider.kind")}
      value={value}
      onChange={(next) => onChange(next as Preset)}
    >
      <div className={sso.kinds}>
        {PRESET_NAMES.map((name) => (
          <Radio.Card key={name} value={name} className={sso.kind}>
            <Radio.Indicator />
            <span>{t(`provider.preset.${name}`)}</span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}

function useCreate() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: ProviderIn) => data(authCreateIdentityProvider({ body, throwOnError: true })),
    onSuccess: (saved) => {
      client.setQueryData(
        providersQuery.queryKey,
        (before) => before && { ...before, items: [...before.items, saved] },
      );
      void client.invalidateQueries({ queryKey: providersQuery.queryKey });
      void navigate({ to: "/identity-providers/$providerId", params: { providerId: saved.id }, search: {} });
    },
  });
}
