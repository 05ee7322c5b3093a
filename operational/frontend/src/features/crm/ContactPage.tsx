import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ContactOut } from "@/api";
import { useCommand } from "@/commands/registry";
import { InviteToPortal, PortalFact } from "@/features/admin/portal/ContactPortal";
import { useNewTicketLink } from "@/features/newTicket/useNewTicketLink";
import { PersonDataBlock } from "@/features/personData/PersonDataBlock";
import { useMay } from "@/session/useSession";
import { Fact, Facts } from "./Block";
import { ContactForm } from "./ContactForm";
import { Vip } from "./ContactsPage";
import classes from "./Crm.module.css";
import { contactQuery, customerQuery } from "./queries";
import { RecordHead, RecordMissing } from "./RecordHead";
import { TicketsOf } from "./TicketsOf";
import { languageName } from "./words";

/** A contact: how to reach them, where they work, their tickets. */
export function ContactPage() {
  const { contactId } = useParams({ from: "/inside/contacts/$contactId" });
  const navigate = useNavigate();
  const { data: contact, error } = useQuery(contactQuery(contactId));
  const back = () => navigate({ to: "/contacts", search: (search) => search });
  useCommand("page.back", back);
  if (!contact) return <RecordMissing error={error} onBack={back} />;
  return <OneContact key={contact.id} contact={contact} onBack={back} />;
}

function OneContact({ contact, onBack }: { contact: ContactOut; onBack: () => void }) {
  const { t } = useTranslation();
  const mayTickets = useMay("tickets.ticket.read");
  const mayPortal = useMay("auth.user.manage");
  const { email, phone } = contact;
  return (
    <article className={classes.record} aria-label={contact.name}>
      <RecordHead
        name={contact.name}
        tag={contact.vip && <Vip />}
        onBack={onBack}
        actions={<Actions contact={contact} />}
      >
        <Facts>
          <Fact name={t("crm.field.customer")}>
            <Customers ids={contact.customer_ids} />
          </Fact>
          <Fact name={t("crm.field.role")}>{contact.role}</Fact>
          <Fact name={t("crm.field.email")}>{email && <Way href={`mailto:${email}`} text={email} />}</Fact>
          <Fact name={t("crm.field.phone")}>
            {phone && <Way href={`tel:${phone.replaceAll(/[^\d+]/g, "")}`} text={phone} />}
          </Fact>
          <Fact name={t("crm.field.language")}>{contact.language && languageName(contact.language)}</Fact>
          {mayPortal && (
            <Fact name={t("portal.title")}>
              <PortalFact contact={contact} />
            </Fact>
          )}
        </Facts>
      </RecordHead>
      {mayTickets && (
        <div className={classes.oneBlock}>
          <TicketsOf whose={{ contact_id: contact.id }} />
        </div>
      )}
      <div className={classes.oneBlock}>
        <PersonDataBlock whose={{ kind: "contact", id: contact.id, name: contact.name }} />
      </div>
    </article>
  );
}

function Way({ href, text }: { href: string; text: string }) {
  return (
    <a href={href} className={classes.link}>
      {text}
    </a>
  );
}

function Customers({ ids }: { ids: readonly string[] }) {
  const { t } = useTranslation();
  const found = useQueries({ queries: ids.map((id) => customerQuery(id)) });
  if (ids.length === 0) return t("unknown");
  return ids.map((id, index) => (
    <span key={id}>
      {index > 0 && ", "}
      <Link to="/customers/$customerId" params={{ customerId: id }} search={{}} className={classes.link}>
        {found[index]?.data?.name ?? "…"}
      </Link>
    </span>
  ));
}

function Actions({ contact }: { contact: ContactOut }) {
  const { t } = useTranslation();
  const mayWrite = useMay("crm.contact.write");
  const mayCreate = useMay("tickets.ticket.create");
  const [isOpen, form] = useDisclosure(false);
  const newTicket = useNewTicketLink();
  const [customerId] = contact.customer_ids;
  return (
    <>
      {mayCreate && customerId && (
        <Button size="compact-md" variant="default" leftSection={<IconPlus size={16} />} onClick={newTicket}>
          {t("shell.newTicket")}
        </Button>
      )}
      <InviteToPortal contact={contact} />
      {mayWrite && (
        <Button size="compact-md" variant="default" leftSection={<IconPencil size={16} />} onClick={form.open}>
          {t("crm.edit")}
        </Button>
      )}
      <ContactForm contact={contact} opened={isOpen} onClose={form.close} />
    </>
  );
}
