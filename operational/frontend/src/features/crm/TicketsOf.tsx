import { Skeleton } from "@mantine/core";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { data, type TicketRow, ticketsGetTicketCount, ticketsListTickets } from "@/api";
import { DueBadge, PriorityBadge, StatusBadge } from "@/components/badges";
import { problemText } from "@/components/notifyProblem";
import { UNRESOLVED } from "@/features/queue/search";
import { formatDate, formatNumber } from "@/i18n/format";
import { useLiveQueries } from "@/live/useLiveQueries";
import { Block } from "./Block";
import classes from "./Crm.module.css";

export type Whose = { customer_id: string } | { contact_id: string };
const SHOWN = 8;
const DONE: Array<"resolved" | "closed"> = ["resolved", "closed"];

const ticketsOf = (whose: Whose) =>
  queryOptions({
    queryKey: ["tickets", "of", whose],
    queryFn: async ({ signal }) => {
      const open = { ...whose, status_category: UNRESOLVED, limit: SHOWN };
      const done = { ...whose, status_category: DONE, limit: 5 };
      const [first, last, openCount, allCount] = await Promise.all([
        data(ticketsListTickets({ query: open, signal, throwOnError: true })),
        data(ticketsListTickets({ query: done, signal, throwOnError: true })),
        data(ticketsGetTicketCount({ query: { ...whose, status_category: UNRESOLVED }, signal, throwOnError: true })),
        data(ticketsGetTicketCount({ query: whose, signal, throwOnError: true })),
      ]);
      return { open: first.items, done: last.items, openCount: openCount.count, allCount: allCount.count };
    },
    staleTime: 30_000,
  });

const TICKETS = [["tickets", "of"]];

/** Tickets of a customer or contact, the open ones first. */
export function TicketsOf({ whose }: { whose: Whose }) {
  const { t } = useTranslation();
  const { data: found, error } = useQuery(ticketsOf(whose));
  useLiveQueries("tickets.", TICKETS, 800);
  const more = found && found.allCount > found.open.length + found.done.length;
  return (
    <Block
      title={t("crm.tickets")}
      count={found && t("crm.openOf", { open: formatNumber(found.openCount), all: formatNumber(found.allCount) })}
      action={
        <Link to="/tickets" search={{ ...whose, status_category: UNRESOLVED, sort: "due_at" }} className={classes.link}>
          {t("crm.showOpen")}
        </Link>
      }
    >
      {error && (
        <div role="alert" className={classes.none}>
          {problemText(error)}
        </div>
      )}
      {!found && !error && <Skeleton height={180} m={12} w="auto" animate={false} />}
      {found?.allCount === 0 && <div className={classes.none}>{t("crm.noTickets")}</div>}
      {found && found.allCount > 0 && found.openCount === 0 && <div className={classes.none}>{t("crm.noOpen")}</div>}
      <ul className={classes.lines}>
        {[...(found?.open ?? []), ...(found?.done ?? [])].map((ticket) => (
          <TicketLine key={ticket.id} ticket={ticket} whose={whose} />
        ))}
        {more && (
          <li>
            <Link to="/tickets" search={{ ...whose }} className={`${classes.showAll} ${classes.link}`}>
              {t("crm.showAll", { all: formatNumber(found.allCount) })}
            </Link>
          </li>
        )}
      </ul>
    </Block>
  );
}

function TicketLine({ ticket, whose }: { ticket: TicketRow; whose: Whose }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (
    <li>
      <Link
        to="/tickets/$ticketId"
        params={{ ticketId: ticket.id }}
        search={{ ...whose }}
        className={`${classes.line} ${classes.wrapping}`}
        // the ticket's page shows these values at once
        onClick={() => client.setQueryData(["ticket-row", ticket.id], ticket)}
      >
        <PriorityBadge priority={ticket.priority} short />
        <span className={classes.lineMain} title={ticket.subject ?? undefined}>
          {ticket.subject ?? ticket.number}
        </span>
        {ticket.due?.due_at && <DueBadge due={ticket.due} />}
        <span className={classes.lineSoft}>
          <StatusBadge status={ticket.status} category={ticket.status_category} />
        </span>
        <span className={`${classes.lineSoft} tabular`} title={t("crm.openedOn")}>
          {formatDate(ticket.opened_at)}
        </span>
      </Link>
    </li>
  );
}
