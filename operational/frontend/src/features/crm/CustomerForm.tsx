import { Autocomplete, Group, NumberInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  ApiProblem,
  type CustomerIn,
  type CustomerOut,
  crmCreateCustomer,
  crmUpdateCustomer,
  data,
  ifMatch,
} from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { customerQuery } from "./queries";
import { changedValues, RecordForm } from "./RecordForm";
import { COUNTRIES, countryName, SECTORS, sectorCode, sectorName } from "./words";

type Values = {
  name: string;
  sector: string;
  country: string | null;
  subdivision: string;
  city: string;
  seats: number | null;
  since: string;
  until: string;
};
type Props = {
  /** The customer to change; without one a new one is made. */
  customer?: CustomerOut;
  opened: boolean;
  onClose: () => void;
  onSaved?: (customer: CustomerOut) => void;
};

/** Makes or changes a customer. */
export function CustomerForm(props: Props) {
  // made anew each time, so that it begins with what is true now
  return props.opened ? <Opened {...props} /> : null;
}

function Opened({ customer, opened, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Values>(() => ({
    name: customer?.name ?? "",
    sector: customer?.sector ? sectorName(t, customer.sector) : "",
    country: customer ? customer.country : "DE",
    subdivision: customer?.subdivision ?? "",
    city: customer?.city ?? "",
    seats: customer?.seats ?? null,
    since: customer?.since ?? "",
    until: customer?.until ?? "",
  }));
  const [isAsked, setAsked] = useState(false);
  const save = useSave(customer, (saved) => {
    onClose();
    onSaved?.(saved);
  });
  const set = (part: Partial<Values>) => setValues((before) => ({ ...before, ...part }));
  const errors = fieldErrors(save.error);
  const noName = isAsked && values.name.trim() === "" ? t("ticket.new.missing") : undefined;
  const text = (name: "subdivision" | "city", maxLength = 300) => (
    <TextInput
      label={t(`crm.field.${name}`)}
      maxLength={maxLength}
      value={values[name]}
      error={errors[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  const day = (name: "since" | "until") => (
    <TextInput
      type="date"
      label={t(`crm.field.${name}`)}
      value={values[name]}
      error={errors[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <RecordForm
      title={t(customer ? "crm.editCustomer" : "crm.newCustomer")}
      opened={opened}
      onClose={onClose}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => {
        setAsked(true);
        if (values.name.trim() !== "") save.mutate({ ...values, sector: sectorCode(t, values.sector) });
      }}
    >
      <TextInput
        label={t("crm.field.name")}
        required
        data-autofocus
        maxLength={300}
        value={values.name}
        error={noName ?? errors.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      {text("city")}
      <Group grow align="flex-start">
        <Select
          label={t("crm.field.country")}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t("ticket.clearField") }}
          value={values.country}
          error={errors.country}
          data={COUNTRIES.map((value) => ({ value, label: countryName(value) }))}
          onChange={(country) => set({ country })}
        />
        {text("subdivision")}
      </Group>
      <Autocomplete
        label={t("crm.field.sector")}
        maxLength={300}
        value={values.sector}
        error={errors.sector}
        data={SECTORS.map((code) => sectorName(t, code))}
        onChange={(sector) => set({ sector })}
      />
      <NumberInput
        label={t("crm.field.seats")}
        min={0}
        max={1_000_000}
        allowDecimal={false}
        value={values.seats ?? ""}
        error={errors.seats}
        onChange={(seats) => set({ seats: typeof seats === "number" ? seats : null })}
      />
      <Group grow align="flex-start">
        {day("since")}
        {day("until")}
      </Group>
    </RecordForm>
  );
}

function useSave(customer: CustomerOut | undefined, onDone: (saved: CustomerOut) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (values: Values) => {
      const body = changedValues(values, customer as Partial<Values> | undefined);
      if (!customer) return data(crmCreateCustomer({ body: body as CustomerIn, throwOnError: true }));
      const headers = { "If-Match": ifMatch(customer.version) };
      return data(crmUpdateCustomer({ path: { customer_id: customer.id }, headers, body, throwOnError: true }));
    },
    onSuccess: (saved) => {
      client.setQueryData(customerQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["customers"] });
      onDone(saved);
    },
    onError: (error) => {
      if (customer && error instanceof ApiProblem && error.code === "stale") {
        void client.invalidateQueries({ queryKey: customerQuery(customer.id).queryKey });
      }
    },
  });
}
