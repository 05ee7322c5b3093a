import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { data, type TicketIn, ticketsCreateTicket } from "@/api";
import { useDraft } from "@/components/useDraft";
import { useOnce } from "@/components/useOnce";
import { showTicket } from "@/features/ticket/queries";

/** A ticket as it is being written; empty text is no answer. */
export type Values = {
  customer_id: string | null;
  contact_id: string | null;
  subject: string;
  description: string;
  priority: NonNullable<TicketIn["priority"]> | null;
  channel: NonNullable<TicketIn["channel"]>;
  queue: string;
  category: string;
  assignee_id: string | null;
};
export const BLANK: Values = {
  customer_id: null,
  contact_id: null,
  subject: "",
  description: "",
  priority: "p3",
  channel: "phone",
  queue: "",
  category: "",
  assignee_id: null,
};

/** The body to send, or null while what must be there is not. */
export function bodyOf(values: Values): TicketIn | null {
  const { customer_id, subject, description, queue, category, ...rest } = values;
  if (customer_id === null || subject.trim() === "") return null;
  const given = { description: description.trim(), queue: queue.trim(), category: category.trim() };
  const filled = Object.fromEntries(Object.entries(given).filter(([, text]) => text !== ""));
  return { ...rest, ...filled, customer_id, subject: subject.trim() };
}

const hasText = ({ subject, description }: Values) => subject.trim() !== "" || description.trim() !== "";

type Preset = Pick<Values, "customer_id" | "contact_id">;

/** The ticket being written, kept until it is opened; `preset` is what the list was narrowed to. */
export function useNewTicket(preset: Preset) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [values, change, forget] = useDraft<Values>("new", { ...BLANK, ...preset }, hasText);
  const once = useOnce();
  const create = useMutation({
    mutationFn: (body: TicketIn) => data(ticketsCreateTicket({ body, headers: once(body), throwOnError: true })),
    onSuccess: (ticket) => {
      forget();
      client.setQueryData(["ticket-row", ticket.id], ticket);
      showTicket(client, ticket.id, {});
      void navigate({ to: "/tickets/$ticketId", params: { ticketId: ticket.id }, search: (search) => search });
    },
  });
  return { values, change, forget, isKept: hasText(values), create };
}
