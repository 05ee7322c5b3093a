import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { AsyncSelect } from "@/components/AsyncSelect";
import { contactQuery, contactsOf, customerQuery, customersLike } from "@/features/crm/queries";
import type { Values } from "./useNewTicket";

export type Fields = {
  values: Values;
  errors: Partial<Record<string, string>>;
  change: (part: Partial<Values>) => void;
};

/** Whether none of these fields has changed: typing in one must not draw the others anew. */
export function same(...names: Array<keyof Values>) {
  return (before: Fields, now: Fields) =>
    names.every((name) => before.values[name] === now.values[name] && before.errors[name] === now.errors[name]);
}

/** Whose ticket it is. */
export const CustomerFields = memo(
  function CustomerFields({ values, errors, change }: Fields) {
    const { t } = useTranslation();
    const { customer_id, contact_id } = values;
    const customer = useQuery({ ...customerQuery(customer_id ?? ""), enabled: customer_id !== null }).data;
    const contact = useQuery({ ...contactQuery(contact_id ?? ""), enabled: contact_id !== null }).data;
    return (
      <>
        <AsyncSelect
          label={t("queue.filter.customer")}
          required
          data-autofocus
          autoFocus={customer_id === null}
          value={customer_id}
          name={customer?.id === customer_id ? customer?.name : undefined}
          search={customersLike}
          hint={(one) => one.city}
          error={errors.customer_id}
          onChange={(id) => change({ customer_id: id, contact_id: null })}
        />
        <AsyncSelect
          label={t("ticket.property.contact")}
          disabled={customer_id === null}
          placeholder={customer_id === null ? t("ticket.new.customerFirst") : undefined}
          value={contact_id}
          name={contact?.id === contact_id ? contact?.name : undefined}
          search={(text) => contactsOf(customer_id ?? "", text)}
          hint={(one) => one.role}
          error={errors.contact_id}
          onChange={(id) => change({ contact_id: id })}
        />
      </>
    );
  },
  same("customer_id", "contact_id"),
);
