import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { TicketDetail, TicketRow } from "@/api";
import { usersQuery } from "@/features/queue/queries";
import { onChange } from "@/live/useLive";
import { useMe } from "@/session/useSession";
import { eventsQuery, readAnew, ticketQuery } from "./queries";

/** What is known of a ticket: all of it, or for the first moment what the list had. */
export type Ticket = TicketRow & Partial<TicketDetail>;

/** A ticket and its events, from the list's row until they are here. */
export function useTicket(id: string) {
  const client = useQueryClient();
  const detail = useQuery(ticketQuery(id));
  const events = useQuery(eventsQuery(id));
  const ticket: Ticket | undefined = detail.data ?? client.getQueryData<TicketRow>(["ticket-row", id]);
  return { ticket, isWhole: detail.data !== undefined, events, error: detail.error };
}

/** Reads a ticket anew when somebody changes it; returns the colleague who did so last, by name. */
export function useColleague(id: string): string | null {
  const client = useQueryClient();
  const me = useMe();
  const [actor, setActor] = useState<string | null>(null);
  const users = useQuery(usersQuery).data;
  useEffect(
    () =>
      onChange((change) => {
        if (change?.aggregate_id !== id) return;
        const known = client.getQueryData(ticketQuery(id).queryKey);
        if (known && change.version <= known.version) return;
        const isMine = change.actor_id === me.id;
        // our own change is read anew when its answer is here
        if (isMine && client.isMutating({ mutationKey: ["ticket", id] }) > 0) return;
        if (!isMine) setActor(change.actor_id ?? "");
        readAnew(client, id);
      }),
    [client, id, me.id],
  );
  useEffect(() => {
    if (actor === null) return;
    const timer = window.setTimeout(() => setActor(null), 30_000);
    return () => window.clearTimeout(timer);
  }, [actor]);
  if (actor === null) return null;
  return users?.find((user) => user.id === actor)?.name ?? "";
}
