import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconStar } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ContactOut } from "@/api";
import { useMay } from "@/session/useSession";
import { ContactForm } from "./ContactForm";
import classes from "./Crm.module.css";
import { contactsQuery, customerNames } from "./queries";
import { type Column, RecordsPage } from "./RecordsPage";
import { useCrmLive } from "./useCrmLive";

/** All contacts. */
export function ContactsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { text } = useSearch({ from: "/inside/contacts" });
  const { contactId } = useParams({ strict: false });
  const list = useInfiniteQuery(contactsQuery(text));
  const names = useQuery(customerNames).data;
  const mayWrite = useMay("crm.contact.write");
  const [isFormOpen, form] = useDisclosure(false);
  useCrmLive();
  const open = (id: string) =>
    navigate({ to: "/contacts/$contactId", params: { contactId: id }, search: (search) => search });
  const customers = (contact: ContactOut) => contact.customer_ids.map((id) => names?.get(id) ?? "…").join(", ");
  const cut = (value: string | null) => value ?? t("unknown");
  const columns: Array<Column<ContactOut>> = [
    {
      id: "name",
      name: t("crm.field.name"),
      width: "minmax(180px, 1.4fr)",
      cell: (one) => (
        <>
          <Link
            to="/contacts/$contactId"
            params={{ contactId: one.id }}
            search={(search) => search}
            tabIndex={-1}
            className={classes.name}
          >
            {one.name}
          </Link>
          {one.vip && <Vip />}
        </>
      ),
    },
    { id: "customer", name: t("crm.field.customer"), width: "minmax(150px, 1.2fr)", cell: customers },
    { id: "role", name: t("crm.field.role"), width: "minmax(120px, 1fr)", cell: (one) => cut(one.role) },
    { id: "email", name: t("crm.field.email"), width: "minmax(220px, 2.2fr)", cell: (one) => cut(one.email) },
    {
      id: "phone",
      name: t("crm.field.phone"),
      width: "150px",
      cell: (one) => <span className="tabular">{cut(one.phone)}</span>,
    },
  ];
  return (
    <>
      <RecordsPage
        title={t("nav.contacts")}
        columns={columns}
        list={list}
        text={text}
        onText={(next) => navigate({ to: ".", search: next ? { text: next } : {}, replace: true })}
        empty={{ title: t("crm.noContacts"), help: t("crm.noContactsHelp") }}
        openId={contactId}
        onOpen={(one) => open(one.id)}
        action={
          mayWrite && (
            <Button size="compact-md" variant="default" leftSection={<IconPlus size={16} />} onClick={form.open}>
              {t("crm.newContact")}
            </Button>
          )
        }
        tall={(one) => (
          <>
            <span className={classes.tallLine}>
              <span className={classes.name}>{one.name}</span>
              {one.vip && <Vip />}
            </span>
            <span className={classes.faint}>{[customers(one), one.role].filter(Boolean).join(" · ")}</span>
          </>
        )}
      />
      <ContactForm opened={isFormOpen} onClose={form.close} onSaved={(saved) => open(saved.id)} />
    </>
  );
}

/** Tells that a contact is to be treated with preference. */
export function Vip() {
  return (
    <span className={classes.tag}>
      <IconStar size={12} stroke={2} aria-hidden /> VIP
    </span>
  );
}
