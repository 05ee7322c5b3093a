import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CustomerOut } from "@/api";
import { useCommand } from "@/commands/registry";
import { useNewTicketLink } from "@/features/newTicket/useNewTicketLink";
import { formatDate, formatNumber } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import { Fact, Facts } from "./Block";
import classes from "./Crm.module.css";
import { ContactsBlock, ContractsBlock, SitesBlock } from "./CustomerBlocks";
import { CustomerForm } from "./CustomerForm";
import { isFormer } from "./CustomersPage";
import { customerQuery } from "./queries";
import { RecordHead, RecordMissing } from "./RecordHead";
import { TicketsOf } from "./TicketsOf";
import { placeText, sectorName } from "./words";

/** A customer: facts, tickets, people, places, agreements. */
export function CustomerPage() {
  const { customerId } = useParams({ from: "/inside/customers/$customerId" });
  const navigate = useNavigate();
  const { data: customer, error } = useQuery(customerQuery(customerId));
  const back = () => navigate({ to: "/customers", search: (search) => search });
  useCommand("page.back", back);
  if (!customer) return <RecordMissing error={error} onBack={back} />;
  return <OneCustomer key={customer.id} customer={customer} onBack={back} />;
}

function OneCustomer({ customer, onBack }: { customer: CustomerOut; onBack: () => void }) {
  const { t } = useTranslation();
  const mayTickets = useMay("tickets.ticket.read");
  const mayContracts = useMay("crm.contract.read");
  const whose = { customer_id: customer.id };
  return (
    <article className={classes.record} aria-label={customer.name}>
      <RecordHead
        name={customer.name}
        tag={isFormer(customer) && <span className={classes.tag}>{t("crm.former")}</span>}
        onBack={onBack}
        actions={<Actions customer={customer} />}
      >
        <Facts>
          <Fact name={t("crm.field.place")}>{placeText(customer)}</Fact>
          <Fact name={t("crm.field.subdivision")}>{customer.subdivision}</Fact>
          <Fact name={t("crm.field.sector")}>{customer.sector && sectorName(t, customer.sector)}</Fact>
          <Fact name={t("crm.field.seats")}>{customer.seats === null ? null : formatNumber(customer.seats)}</Fact>
          <Fact name={t("crm.field.since")}>{customer.since && formatDate(`${customer.since}T12:00:00`)}</Fact>
          {customer.until && <Fact name={t("crm.field.until")}>{formatDate(`${customer.until}T12:00:00`)}</Fact>}
        </Facts>
      </RecordHead>
      <div className={classes.blocks}>
        <div className={classes.column}>
          {mayTickets && <TicketsOf whose={whose} />}
          {mayContracts && <ContractsBlock customerId={customer.id} />}
        </div>
        <div className={classes.column}>
          <ContactsBlock customer={customer} />
          <SitesBlock customerId={customer.id} />
        </div>
      </div>
    </article>
  );
}

function Actions({ customer }: { customer: CustomerOut }) {
  const { t } = useTranslation();
  const mayWrite = useMay("crm.customer.write");
  const mayCreate = useMay("tickets.ticket.create");
  const [isOpen, form] = useDisclosure(false);
  const newTicket = useNewTicketLink();
  return (
    <>
      {mayCreate && (
        <Button size="compact-md" variant="default" leftSection={<IconPlus size={16} />} onClick={newTicket}>
          {t("shell.newTicket")}
        </Button>
      )}
      {mayWrite && (
        <Button size="compact-md" variant="default" leftSection={<IconPencil size={16} />} onClick={form.open}>
          {t("crm.edit")}
        </Button>
      )}
      <CustomerForm customer={customer} opened={isOpen} onClose={form.close} />
    </>
  );
}
