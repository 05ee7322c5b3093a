import { type QueryClient, queryOptions } from "@tanstack/react-query";
import {
  data,
  type EventOut,
  type TicketDetail,
  type TicketOut,
  type TicketRow,
  ticketsGetTicket,
  ticketsListEvents,
} from "@/api";

/** A ticket with its clocks. */
export const ticketQuery = (id: string) =>
  queryOptions({
    queryKey: ["ticket", id],
    queryFn: ({ signal }) => data(ticketsGetTicket({ path: { ticket_id: id }, signal, throwOnError: true })),
    staleTime: 5_000,
  });

/** All events of a ticket; read anew, only those that have come since. */
export const eventsQuery = (id: string) =>
  queryOptions({
    queryKey: ["ticket-events", id],
    queryFn: async ({ client, signal }): Promise<EventOut[]> => {
      const events = [...(client.getQueryData<EventOut[]>(["ticket-events", id]) ?? [])];
      let after: number | null = events.at(-1)?.seq ?? 0;
      while (after !== null) {
        const query: { limit: number; after: number } = { limit: 200, after };
        const page = await data(ticketsListEvents({ path: { ticket_id: id }, query, signal, throwOnError: true }));
        events.push(...page.items);
        after = page.next_after;
      }
      return events;
    },
    staleTime: 5_000,
  });

const WITHOUT_NAMES = new Set(["customer_name", "contact_name", "assignee_name", "due"]);

/** Puts values into every copy of a ticket that is shown: its page, the list, its row in the cache. */
export function showTicket(client: QueryClient, id: string, values: Partial<TicketDetail>): void {
  client.setQueryData(ticketQuery(id).queryKey, (now) => now && { ...now, ...values });
  client.setQueryData<TicketRow>(["ticket-row", id], (now) => now && { ...now, ...values });
  client.setQueriesData<TicketRow[]>({ queryKey: ["tickets", "page"] }, (rows) =>
    rows?.map((row) => (row.id === id ? { ...row, ...values } : row)),
  );
}

/** Shows what a change answered; its names are left out, for answers to changes have none. */
export function showAnswer(client: QueryClient, answer: TicketOut): void {
  const values = Object.fromEntries(Object.entries(answer).filter(([name]) => !WITHOUT_NAMES.has(name)));
  showTicket(client, answer.id, values);
}

/** Reads a ticket, its events and what depends on them anew. */
export function readAnew(client: QueryClient, id: string): void {
  for (const { queryKey } of [ticketQuery(id), eventsQuery(id)]) {
    // a first reading under way may have passed what has just happened, and would be taken for the answer
    void client.cancelQueries({ queryKey }).then(() => client.invalidateQueries({ queryKey }));
  }
}
