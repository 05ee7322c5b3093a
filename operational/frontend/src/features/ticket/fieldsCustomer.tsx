import { useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Picker } from "@/components/Picker";
import { contactsOf, contractsOf, sitesOf } from "@/features/crm/queries";
import type { FieldProps } from "./Properties";

/** Who at the customer asked. */
export function ContactField({ ticket, actions, opened, onOpen, disabled }: FieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const later = useDebouncedCallback(setText, 200);
  const isOpen = opened === "contact";
  const contacts = useQuery({
    ...contactsOf(ticket.customer_id, text),
    enabled: isOpen,
    placeholderData: keepPreviousData,
  }).data;
  return (
    <Picker
      label={t("ticket.property.contact")}
      value={ticket.contact_id}
      none={t("ticket.none")}
      disabled={disabled}
      onText={later}
      text={ticket.contact_id ? (ticket.contact_name ?? t("unknown")) : t("ticket.none")}
      opened={isOpen}
      onOpened={(now) => {
        setText("");
        onOpen(now ? "contact" : null);
      }}
      options={contacts?.map((one) => ({ value: one.id, label: one.name, hint: one.role ?? undefined }))}
      onPick={(id) =>
        actions.update({ contact_id: id }, { contact_name: contacts?.find((one) => one.id === id)?.name ?? null })
      }
    />
  );
}

type Record = { id: string; name: string; city?: string | null };

function nameOf(
  found: readonly Record[] | undefined,
  id: string | null | undefined,
  none: string,
  unknown: string,
): string {
  if (id === undefined) return "";
  if (id === null) return none;
  if (found === undefined) return " ";
  return found.find((one) => one.id === id)?.name ?? unknown;
}

/** Where at the customer it is. */
export function SiteField({ ticket, actions, opened, onOpen, disabled }: FieldProps) {
  const { t } = useTranslation();
  const isOpen = opened === "site";
  const sites = useQuery({ ...sitesOf(ticket.customer_id), enabled: isOpen || Boolean(ticket.site_id) }).data;
  return (
    <Picker
      label={t("ticket.property.site")}
      value={ticket.site_id ?? null}
      none={t("ticket.none")}
      text={nameOf(sites, ticket.site_id, t("ticket.none"), t("unknown"))}
      disabled={disabled}
      opened={isOpen}
      onOpened={(now) => onOpen(now ? "site" : null)}
      options={sites?.map((one) => ({ value: one.id, label: one.name, hint: one.city ?? undefined }))}
      onPick={(site_id) => actions.update({ site_id })}
    />
  );
}

/** By which agreement it is worked on; decides the service level. */
export function ContractField({ ticket, actions, opened, onOpen, disabled }: FieldProps) {
  const { t } = useTranslation();
  const isOpen = opened === "contract";
  const contracts = useQuery({
    ...contractsOf(ticket.customer_id),
    enabled: isOpen || Boolean(ticket.contract_id),
  }).data;
  return (
    <Picker
      label={t("ticket.property.contract")}
      value={ticket.contract_id ?? null}
      none={t("ticket.none")}
      text={nameOf(contracts, ticket.contract_id, t("ticket.none"), t("unknown"))}
      disabled={disabled}
      opened={isOpen}
      onOpened={(now) => onOpen(now ? "contract" : null)}
      options={contracts?.map((one) => ({ value: one.id, label: one.name }))}
      onPick={(contract_id) => actions.update({ contract_id })}
    />
  );
}
