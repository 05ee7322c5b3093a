import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { data, type ReplyIn, ticketsAddNote, ticketsAddReply } from "@/api";
import { notifyProblem } from "@/components/notifyProblem";
import { useDraft } from "@/components/useDraft";
import { onceKey } from "@/session/onceKey";
import { readAnew, showAnswer } from "./queries";

export type Mode = "reply" | "note";
/** What is half written on a ticket; `once` is the key of a reply whose sending failed, with what it was sent for. */
export type Draft = { mode: Mode; reply: string; note: string; once?: { text: string; key: string } };
export type Message = { mode: Mode; body: string; status?: ReplyIn["status"] };

/** The draft of a ticket and its sending; whatever goes wrong, the text stays. */
export function useSend(ticketId: string) {
  const client = useQueryClient();
  const [draft, change] = useDraft<Draft>(ticketId, { mode: "reply", reply: "", note: "" });
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  const send = useMutation({
    mutationKey: ["ticket", ticketId],
    // after it the ticket has another version: what is changed next waits
    scope: { id: `ticket ${ticketId}` },
    mutationFn: ({ mode, body, status }: Message) => {
      const path = { ticket_id: ticketId };
      if (mode === "note") return data(ticketsAddNote({ path, body: { body }, throwOnError: true }));
      const content: ReplyIn = status ? { body, status } : { body };
      const text = JSON.stringify(content);
      const once = draft.once?.text === text ? draft.once : { text, key: onceKey() };
      change({ once });
      return data(
        ticketsAddReply({ path, body: content, headers: { "Idempotency-Key": once.key }, throwOnError: true }),
      );
    },
    onSuccess: (answer, { mode }) => {
      change(mode === "note" ? { note: "" } : { reply: "", once: undefined });
      showAnswer(client, answer);
      readAnew(client, ticketId);
    },
    onError: (error) => {
      // on the ticket's page the form itself tells
      if (!isHere.current) notifyProblem(error);
    },
  });
  return { draft, change, send };
}
