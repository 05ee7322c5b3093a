import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { ApiProblem, data, ticketsCreateTimer, ticketsGetTimer } from "@/api";
import { notifyProblem } from "@/components/notifyProblem";
import { onChange } from "@/live/useLive";
import { useMay, useMe } from "@/session/useSession";

/** The person's running timer. */
export const timerQuery = queryOptions({
  queryKey: ["timer"],
  queryFn: async ({ signal }) => (await data(ticketsGetTimer({ signal, throwOnError: true }))).timer,
  staleTime: 60_000,
  refetchOnWindowFocus: "always",
});

/** Whether the end of the timer is being entered, and the ticket it shall run on afterwards. */
type Ending = { isOpen: boolean; next: string | null };
let ending: Ending = { isOpen: false, next: null };
const listeners = new Set<() => void>();

/** Opens or closes the form that ends the timer. */
export function setEnding(isOpen: boolean, next: string | null = null): void {
  ending = { isOpen, next };
  for (const listener of listeners) listener();
}

/** The state of that form. */
export function useEnding(): Ending {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => ending,
  );
}

/** The person's timer, kept in step with the server's. */
export function useTimer() {
  return useQuery({ ...timerQuery, enabled: useMay("tickets.time_entry.create") }).data ?? null;
}

/** Reads the timer anew when this person did something elsewhere. */
export function useTimerRefresh(): void {
  const client = useQueryClient();
  const me = useMe();
  useEffect(
    () =>
      onChange((change) => {
        if (change?.actor_id === me.id) void client.invalidateQueries({ queryKey: timerQuery.queryKey });
      }),
    [client, me.id],
  );
}

/** Starts the timer on a ticket; while one runs, offers to end that first. */
export function useStartTimer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ticketId: string) => data(ticketsCreateTimer({ path: { ticket_id: ticketId }, throwOnError: true })),
    onSuccess: (timer) => client.setQueryData(timerQuery.queryKey, timer),
    onError: async (error, ticketId) => {
      if (!(error instanceof ApiProblem) || error.code !== "timer_running") return notifyProblem(error);
      await client.invalidateQueries({ queryKey: timerQuery.queryKey });
      setEnding(true, ticketId);
    },
  });
}

/** Starts or ends the timer on a ticket, whichever makes sense now. */
export function useTimerOf(ticketId: string) {
  const timer = useTimer();
  const start = useStartTimer();
  const isMine = timer?.ticket_id === ticketId;
  const toggle = () => {
    if (ending.isOpen) setEnding(false);
    else if (timer === null) start.mutate(ticketId);
    else setEnding(true, isMine ? null : ticketId);
  };
  return { isMine, toggle };
}
