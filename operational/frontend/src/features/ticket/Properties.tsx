import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Property } from "@/components/Picker";
import { formatDateTime } from "@/i18n/format";
import { useMay, useMe } from "@/session/useSession";
import { Clocks } from "./Clocks";
import { ContactField, ContractField, SiteField } from "./fieldsCustomer";
import { AssigneeField, PriorityField, QueueField, StatusField } from "./fieldsDesk";
import classes from "./Ticket.module.css";
import type { Ticket } from "./useTicket";
import type { TicketActions } from "./useTicketChange";

/** A property whose list of choices can be open. */
export type Name =
  | "status"
  | "pause"
  | "assignee"
  | "priority"
  | "queue"
  | "category"
  | "contact"
  | "site"
  | "contract";
export type FieldProps = {
  ticket: Ticket;
  actions: TicketActions;
  opened: Name | null;
  onOpen: (name: Name | null) => void;
  disabled: boolean;
};

type Props = Omit<FieldProps, "disabled"> & { pauseReason: string | null; isShown: boolean };

/** The ticket's values and clocks, beside what happened. */
export function Properties({ pauseReason, isShown, ...rest }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const mayUpdate = useMay("tickets.ticket.update");
  const mayContracts = useMay("crm.contract.read");
  const props: FieldProps = { ...rest, disabled: !mayUpdate };
  const { ticket, actions } = rest;
  const isWhole = ticket.clocks !== undefined;
  return (
    <aside className={classes.side} data-shown={isShown || undefined} aria-label={t("ticket.properties")}>
      <section className={classes.block}>
        <dl className={classes.properties}>
          <Property name={t("ticket.property.status")}>
            <StatusField {...props} pauseReason={pauseReason} />
          </Property>
          <Property name={t("ticket.property.assignee")}>
            <AssigneeField {...props} />
            {mayUpdate && ticket.assignee_id !== me.id && (
              <Button size="compact-xs" variant="subtle" ml={2} onClick={() => actions.assign(me.id, me.name)}>
                {t("commands.ticket.assignMe")}
              </Button>
            )}
          </Property>
          <Property name={t("ticket.property.priority")}>
            <PriorityField {...props} />
          </Property>
          <Property name={t("ticket.property.queue")}>
            <QueueField {...props} name="queue" />
          </Property>
          <Property name={t("ticket.property.category")}>
            <QueueField {...props} name="category" />
          </Property>
        </dl>
      </section>
      <Clocks clocks={ticket.clocks} />
      <section className={classes.block}>
        <dl className={classes.properties}>
          <Property name={t("ticket.property.contact")}>
            <ContactField {...props} />
          </Property>
          <Property name={t("ticket.property.site")}>
            <SiteField {...props} />
          </Property>
          {mayContracts && (
            <Property name={t("ticket.property.contract")}>
              <ContractField {...props} />
            </Property>
          )}
          <Fact name={t("ticket.property.channel")} text={isWhole ? word(t, ticket.channel) : ""} />
          <Fact name={t("ticket.property.opened")} text={formatDateTime(ticket.opened_at)} />
          <Fact
            name={t("ticket.property.firstResponse")}
            text={ticket.first_response_at ? formatDateTime(ticket.first_response_at) : t("ticket.notYet")}
          />
          {ticket.resolved_at && (
            <Fact name={t("ticket.property.resolved")} text={formatDateTime(ticket.resolved_at)} />
          )}
          {ticket.reopen_count > 0 && (
            <Fact name={t("ticket.property.reopened")} text={t("ticket.times", { count: ticket.reopen_count })} />
          )}
        </dl>
      </section>
    </aside>
  );
}

function word(
  t: (key: string, options: { defaultValue: string }) => string,
  channel: string | null | undefined,
): string {
  return channel ? t(`ticket.channel.${channel}`, { defaultValue: channel }) : t("unknown", { defaultValue: "" });
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <Property name={name}>
      <Text className={classes.fact} mih={28}>
        {text}
      </Text>
    </Property>
  );
}
