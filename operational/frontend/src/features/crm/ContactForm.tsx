import { Checkbox, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, type ContactOut, crmCreateContact, crmUpdateContact, data, ifMatch } from "@/api";
import { AsyncSelect } from "@/components/AsyncSelect";
import { fieldErrors } from "@/components/fieldErrors";
import { contactQuery, customerQuery, customersLike, sitesOf } from "./queries";
import { changedValues, RecordForm } from "./RecordForm";
import { LANGUAGES, languageName } from "./words";

type Values = {
  name: string;
  email: string;
  phone: string;
  role: string;
  vip: boolean | null;
  language: string | null;
};
type Place = { customer_id: string | null; site_id: string | null };
type Props = {
  /** The contact to change; without one a new one is made. */
  contact?: ContactOut;
  /** Where a new contact works. */
  customer?: { id: string; name: string };
  opened: boolean;
  onClose: () => void;
  onSaved?: (contact: ContactOut) => void;
};

/** Makes or changes a contact. */
export function ContactForm(props: Props) {
  // made anew each time, so that it begins with what is true now
  return props.opened ? <Opened {...props} /> : null;
}

function Opened({ contact, customer, opened, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Values>(() => ({
    name: contact?.name ?? "",
    email: contact?.email ?? "",
    phone: contact?.phone ?? "",
    role: contact?.role ?? "",
    vip: contact?.vip ?? null,
    language: contact?.language ?? null,
  }));
  const [place, setPlace] = useState<Place>({ customer_id: customer?.id ?? null, site_id: null });
  const [isAsked, setAsked] = useState(false);
  const save = useSave(contact, (saved) => {
    onClose();
    onSaved?.(saved);
  });
  const set = (part: Partial<Values>) => setValues((before) => ({ ...before, ...part }));
  const errors = fieldErrors(save.error);
  const missing = (value: string | null) => (isAsked && !value?.trim() ? t("ticket.new.missing") : undefined);
  const text = (name: "email" | "phone" | "role", type = "text") => (
    <TextInput
      type={type}
      label={t(`crm.field.${name}`)}
      maxLength={name === "email" ? 254 : 300}
      value={values[name]}
      error={errors[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <RecordForm
      title={t(contact ? "crm.editContact" : "crm.newContact")}
      opened={opened}
      onClose={onClose}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => {
        setAsked(true);
        if (values.name.trim() !== "" && (contact || place.customer_id)) save.mutate({ values, place });
      }}
    >
      <TextInput
        label={t("crm.field.name")}
        required
        data-autofocus
        maxLength={300}
        value={values.name}
        error={missing(values.name) ?? errors.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      {!contact && (
        <PlaceFields
          place={place}
          onChange={setPlace}
          error={missing(place.customer_id) ?? errors.customer_id}
          siteError={errors.site_id}
        />
      )}
      {text("email", "email")}
      {text("phone", "tel")}
      {text("role")}
      <Select
        label={t("crm.field.language")}
        clearable
        clearButtonProps={{ "aria-label": t("ticket.clearField") }}
        placeholder={t("unknown")}
        value={values.language}
        error={errors.language}
        data={[...new Set([...LANGUAGES, ...(values.language ? [values.language] : [])])].map((value) => ({
          value,
          label: languageName(value),
        }))}
        onChange={(language) => set({ language })}
      />
      <Checkbox
        label={t("crm.vip")}
        checked={values.vip === true}
        onChange={(event) => set({ vip: event.currentTarget.checked })}
      />
    </RecordForm>
  );
}

type PlaceProps = { place: Place; onChange: (place: Place) => void; error?: string; siteError?: string };

function PlaceFields({ place, onChange, error, siteError }: PlaceProps) {
  const { t } = useTranslation();
  const { customer_id } = place;
  const customer = useQuery({ ...customerQuery(customer_id ?? ""), enabled: customer_id !== null }).data;
  const sites = useQuery({ ...sitesOf(customer_id ?? ""), enabled: customer_id !== null }).data;
  return (
    <>
      <AsyncSelect
        label={t("crm.field.customer")}
        required
        value={customer_id}
        name={customer?.id === customer_id ? customer?.name : undefined}
        search={customersLike}
        hint={(one) => one.city}
        error={error}
        onChange={(id) => onChange({ customer_id: id, site_id: null })}
      />
      <Select
        label={t("ticket.property.site")}
        clearable
        clearButtonProps={{ "aria-label": t("ticket.clearField") }}
        disabled={customer_id === null || sites?.length === 0}
        value={place.site_id}
        error={siteError}
        data={(sites ?? []).map((site) => ({ value: site.id, label: site.name }))}
        onChange={(site_id) => onChange({ customer_id, site_id })}
      />
    </>
  );
}

function useSave(contact: ContactOut | undefined, onDone: (saved: ContactOut) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ values, place }: { values: Values; place: Place }) => {
      const body = changedValues(values, contact as Partial<Values> | undefined);
      if (!contact) {
        const { name } = values;
        const whole = { ...body, name, customer_id: place.customer_id ?? "", site_id: place.site_id };
        return data(crmCreateContact({ body: whole, throwOnError: true }));
      }
      const headers = { "If-Match": ifMatch(contact.version) };
      const change = { ...body, name: body.name ?? undefined };
      return data(crmUpdateContact({ path: { contact_id: contact.id }, headers, body: change, throwOnError: true }));
    },
    onSuccess: (saved) => {
      client.setQueryData(contactQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["contacts"] });
      onDone(saved);
    },
    onError: (error) => {
      if (contact && error instanceof ApiProblem && error.code === "stale") {
        void client.invalidateQueries({ queryKey: contactQuery(contact.id).queryKey });
      }
    },
  });
}
