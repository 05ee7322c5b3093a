import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  ApiProblem,
  data,
  ifMatch,
  type TicketChange,
  type TicketDetail,
  type TicketOut,
  ticketsAssignTicket,
  ticketsGetTicket,
  ticketsSetStatus,
  ticketsUpdateTicket,
} from "@/api";
import { notifyProblem } from "@/components/notifyProblem";
import { readAnew, showAnswer, showTicket, ticketQuery } from "./queries";
import { type PauseReason, STATUS_CATEGORY, type Status } from "./status";

type Match = { "If-Match": string };
type Change = {
  values: Partial<TicketDetail>;
  send: (headers: Match) => Promise<TicketOut>;
  /** The ticket as it was when the person decided. */
  seen?: TicketDetail;
};

/** Whether somebody has changed one of the values the person wanted to change. */
function isContested({ values, seen }: Change, fresh: TicketDetail): boolean {
  const names = Object.keys(values) as Array<keyof TicketDetail>;
  return seen === undefined || names.some((name) => !name.endsWith("_name") && fresh[name] !== seen[name]);
}

/** Ways to change a ticket: shown at once, taken back when the server refuses; one after the other. */
export function useTicketChange(id: string) {
  const client = useQueryClient();
  const key = ticketQuery(id).queryKey;
  const { mutate: begin } = useMutation({
    mutationKey: ["ticket", id],
    scope: { id: `ticket ${id}` },
    mutationFn: async (change: Change) => {
      const { version } = client.getQueryData(key) ?? (await client.fetchQuery(ticketQuery(id)));
      try {
        return await change.send({ "If-Match": ifMatch(version) });
      } catch (error) {
        if (!(error instanceof ApiProblem && error.status === 412)) throw error;
        const fresh = await data(ticketsGetTicket({ path: { ticket_id: id }, throwOnError: true }));
        // something else of the ticket has changed, such as by a note; what was decided still holds
        if (isContested(change, fresh)) throw error;
        return change.send({ "If-Match": ifMatch(fresh.version) });
      }
    },
    onMutate: async ({ values }) => {
      if (client.getQueryData(key)) await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData(key);
      showTicket(client, id, values);
      return { before };
    },
    onError: (error, { values }, kept) => {
      const { before } = kept ?? {};
      if (before) {
        const names = Object.keys(values) as Array<keyof TicketDetail>;
        showTicket(client, id, Object.fromEntries(names.map((name) => [name, before[name]])));
      }
      notifyProblem(error);
    },
    onSuccess: (answer) => showAnswer(client, answer),
    onSettled: () => readAnew(client, id),
  });
  const mutate = (change: Change) => begin({ ...change, seen: client.getQueryData(key) });
  const path = { ticket_id: id };
  return {
    setStatus: (status: Status, pause_reason?: PauseReason) =>
      mutate({
        values: { status, status_category: STATUS_CATEGORY[status] },
        send: (headers) =>
          data(
            ticketsSetStatus({
              path,
              headers,
              body: { status, ...(pause_reason && { pause_reason }) },
              throwOnError: true,
            }),
          ),
      }),
    assign: (assignee_id: string | null, assignee_name: string | null) =>
      mutate({
        values: { assignee_id, assignee_name },
        send: (headers) => data(ticketsAssignTicket({ path, headers, body: { assignee_id }, throwOnError: true })),
      }),
    /** `shown` are names that go with the changed ids. */
    update: (body: TicketChange, shown: Partial<TicketDetail> = {}) =>
      mutate({
        values: { ...body, ...shown },
        send: (headers) => data(ticketsUpdateTicket({ path, headers, body, throwOnError: true })),
      }),
  };
}

export type TicketActions = ReturnType<typeof useTicketChange>;
