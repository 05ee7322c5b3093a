import { Button, Text } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api";
import { useCommand } from "@/commands/registry";
import { problemText } from "@/components/notifyProblem";
import { PageMessage } from "@/components/PageStates";
import { useTimerOf } from "@/features/timer/useTimer";
import { useMay, useMe } from "@/session/useSession";
import { Composer } from "./Composer";
import { type Name, Properties } from "./Properties";
import classes from "./Ticket.module.css";
import { HeadWaiting, TicketHead } from "./TicketHead";
import { Timeline } from "./Timeline";
import { type Ticket, useColleague, useTicket } from "./useTicket";
import { type TicketActions, useTicketChange } from "./useTicketChange";

/** A ticket: what happened, what is to be said, what it is. */
export function TicketPage() {
  const { ticketId } = useParams({ from: "/inside/tickets/$ticketId" });
  return <OneTicket key={ticketId} id={ticketId} />;
}

function OneTicket({ id }: { id: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { ticket, events, error } = useTicket(id);
  const actions = useTicketChange(id);
  const colleague = useColleague(id);
  const timer = useTimerOf(id);
  const [opened, setOpened] = useState<Name | null>(null);
  const [isSideShown, setSideShown] = useState(false);
  const back = () => navigate({ to: "/tickets", search: (search) => search });
  const open = (name: Name | null) => {
    if (name !== null) setSideShown(true);
    setOpened(name);
  };
  useCommand("page.back", back);
  useTicketCommands(ticket, actions, open, timer.toggle);
  if (!ticket) {
    return error ? <Failed error={error} onBack={back} /> : <Waiting />;
  }
  return (
    <article className={classes.page} aria-label={ticket.number}>
      <TicketHead
        ticket={ticket}
        actions={actions}
        onBack={back}
        timer={timer}
        side={{ isOpen: isSideShown, toggle: () => setSideShown(!isSideShown) }}
      />
      <div className={classes.columns}>
        <div className={classes.main}>
          <Timeline
            events={events.data}
            channel={ticket.channel}
            error={events.error}
            onAgain={() => events.refetch()}
          />
          <Text className={classes.colleague} role="status">
            {colleague !== null && t("ticket.colleague", { name: colleague || t("ticket.somebody") })}
          </Text>
          <Composer ticket={ticket} />
        </div>
        <Properties
          ticket={ticket}
          actions={actions}
          opened={opened}
          onOpen={open}
          isShown={isSideShown}
          pauseReason={events.data?.at(-1)?.pause_reason ?? null}
        />
      </div>
    </article>
  );
}

function useTicketCommands(
  ticket: Ticket | undefined,
  actions: TicketActions,
  open: (name: Name) => void,
  toggleTimer: () => void,
) {
  const me = useMe();
  const mayUpdate = useMay("tickets.ticket.update");
  const mayTime = useMay("tickets.time_entry.create");
  const isFixed = !ticket || !mayUpdate;
  const isDone = ticket?.status_category === "resolved" || ticket?.status_category === "closed";
  useCommand("ticket.assign", () => open("assignee"), isFixed);
  useCommand("ticket.assignMe", () => actions.assign(me.id, me.name), isFixed || ticket.assignee_id === me.id);
  useCommand("ticket.status", () => open("status"), isFixed);
  useCommand("ticket.resolve", () => actions.setStatus("resolved"), isFixed || isDone);
  useCommand("ticket.priority", () => open("priority"), isFixed);
  useCommand("ticket.timer", toggleTimer, !mayTime);
}

function Waiting() {
  return (
    <div className={classes.page} role="status" aria-busy>
      <HeadWaiting />
      <div className={classes.columns}>
        <div className={classes.main}>
          <Timeline events={undefined} channel={null} error={null} onAgain={() => {}} />
        </div>
      </div>
    </div>
  );
}

function Failed({ error, onBack }: { error: unknown; onBack: () => void }) {
  const { t } = useTranslation();
  const isMissing = error instanceof ApiProblem && (error.status === 404 || error.status === 422);
  return (
    <PageMessage
      title={t(isMissing ? "ticket.missing" : "problem.title")}
      text={isMissing ? t("ticket.missingText") : problemText(error)}
    >
      <Button onClick={onBack}>{t("ticket.back")}</Button>
    </PageMessage>
  );
}
