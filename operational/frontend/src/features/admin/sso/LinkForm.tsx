import { Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authAddUserIdentity, data, type IdentityIn, type ProviderOut, type UserDetail } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { RecordForm } from "@/features/crm/RecordForm";
import classes from "../Admin.module.css";
import { providersQuery } from "./queries";

type Props = { user: UserDetail; providers: readonly ProviderOut[]; onClose: () => void };

/** Links a person to who they are at a provider. */
export function LinkForm({ user, providers, onClose }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [providerId, setProviderId] = useState(providers[0]?.id ?? "");
  const [subject, setSubject] = useState("");
  const [isAsked, setAsked] = useState(false);
  const link = useMutation({
    mutationFn: (body: IdentityIn) =>
      data(authAddUserIdentity({ path: { user_id: user.id }, body, throwOnError: true })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["user", user.id] });
      void client.invalidateQueries({ queryKey: providersQuery.queryKey });
      onClose();
    },
  });
  const errors = fieldErrors(link.error);
  const isEntra = providers.find(({ id }) => id === providerId)?.preset === "entra";
  return (
    <RecordForm
      title={t("provider.linkPerson")}
      opened
      onClose={onClose}
      isPending={link.isPending}
      error={link.error}
      onSubmit={() => {
        setAsked(true);
        if (subject.trim() && providerId) link.mutate({ provider_id: providerId, subject: subject.trim() });
      }}
    >
      <p className={classes.help}>{t("provider.linkPersonHelp", { name: user.name })}</p>
      <Select
        label={t("provider.one")}
        required
        allowDeselect={false}
        data={providers.map(({ id, name }) => ({ value: id, label: name }))}
        value={providerId}
        error={errors.provider_id}
        onChange={(next) => next && setProviderId(next)}
      />
      <TextInput
        label={t(isEntra ? "provider.subjectEntra" : "provider.subject")}
        description={t(isEntra ? "provider.subjectEntraHelp" : "provider.subjectHelp")}
        required
        autoComplete="off"
        spellCheck={false}
        maxLength={255}
        value={subject}
        error={isAsked && !subject.trim() ? t("account.missing") : errors.subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
    </RecordForm>
  );
}
