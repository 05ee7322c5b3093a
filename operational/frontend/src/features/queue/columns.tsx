import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TicketRow } from "@/api";
import { DueBadge, PriorityBadge, StatusBadge } from "@/components/badges";
import { formatDateTime } from "@/i18n/format";
import classes from "./Queue.module.css";
import type { QueueSearch } from "./search";

type Sort = NonNullable<QueueSearch["sort"]>;
export type Column = {
  id: string;
  /** Width in px until the person changes it. */
  width: number;
  /** The orders its head switches through. */
  sorts?: readonly Sort[];
  cell: (row: TicketRow) => ReactNode;
  /** The same as plain text, for copies and exports. */
  text: (row: TicketRow) => string;
};

const cut = (text: string | null | undefined) => (
  <span className={classes.cut} title={text ?? undefined}>
    {text ?? "–"}
  </span>
);

export const COLUMNS: readonly Column[] = [
  {
    id: "priority",
    width: 62,
    sorts: ["priority"],
    cell: (row) => <PriorityBadge priority={row.priority} short />,
    text: (row) => row.priority ?? "",
  },
  { id: "number", width: 96, cell: (row) => <span className="tabular">{row.number}</span>, text: (row) => row.number },
  {
    id: "subject",
    width: 204,
    cell: (row) => (
      <Link
        to="/tickets/$ticketId"
        params={{ ticketId: row.id }}
        search={(search) => search}
        className={classes.subject}
        title={row.subject ?? undefined}
        tabIndex={-1}
      >
        {row.subject ?? row.number}
      </Link>
    ),
    text: (row) => row.subject ?? "",
  },
  { id: "customer", width: 136, cell: (row) => cut(row.customer_name), text: (row) => row.customer_name ?? "" },
  {
    id: "status",
    width: 178,
    cell: (row) => <StatusBadge status={row.status} category={row.status_category} />,
    text: (row) => row.status ?? "",
  },
  {
    id: "due",
    width: 124,
    sorts: ["due_at"],
    cell: (row) => <DueBadge due={row.due} />,
    text: (row) => row.due?.due_at ?? "",
  },
  { id: "assignee", width: 118, cell: (row) => cut(row.assignee_name), text: (row) => row.assignee_name ?? "" },
  {
    id: "opened",
    width: 160,
    sorts: ["-opened_at", "opened_at"],
    cell: (row) => <span className="tabular">{formatDateTime(row.opened_at)}</span>,
    text: (row) => row.opened_at,
  },
  { id: "contact", width: 140, cell: (row) => cut(row.contact_name), text: (row) => row.contact_name ?? "" },
  { id: "queue", width: 120, cell: (row) => cut(row.queue), text: (row) => row.queue ?? "" },
];
