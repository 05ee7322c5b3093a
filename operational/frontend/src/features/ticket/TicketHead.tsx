import { ActionIcon, Button, Group, Skeleton, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconCheck, IconLayoutSidebarRight, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type CommandId, keysText } from "@/commands/catalogue";
import { DueBadge, PriorityBadge, StatusBadge } from "@/components/badges";
import { useNow } from "@/components/useNow";
import { formatDateTime, formatDistance } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import { Subject } from "./Subject";
import classes from "./Ticket.module.css";
import type { Ticket } from "./useTicket";
import type { TicketActions } from "./useTicketChange";

type Props = {
  ticket: Ticket;
  actions: TicketActions;
  onBack: () => void;
  timer: { isMine: boolean; toggle: () => void };
  side: { isOpen: boolean; toggle: () => void };
};

/** Number, subject, whose it is, and what is done most often. */
export function TicketHead({ ticket, actions, onBack, timer, side }: Props) {
  const { t } = useTranslation();
  const mayUpdate = useMay("tickets.ticket.update");
  const mayTime = useMay("tickets.time_entry.create");
  const isDone = ticket.status_category === "resolved" || ticket.status_category === "closed";
  const named = (id: CommandId) => [t(`commands.${id}`), keysText(id)].filter(Boolean).join(" · ");
  return (
    <header className={classes.head}>
      <div className={classes.headLine}>
        <Tooltip label={named("page.back")}>
          <ActionIcon variant="subtle" color="gray" c="var(--psa-ink)" onClick={onBack} aria-label={t("ticket.back")}>
            <IconArrowLeft size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
        <span className={`${classes.number} tabular`}>{ticket.number}</span>
        <span className={classes.badges}>
          <StatusBadge status={ticket.status} category={ticket.status_category} />
          <PriorityBadge priority={ticket.priority} short={ticket.priority !== null} />
          {ticket.due && <DueBadge due={ticket.due} />}
        </span>
        <Group gap={6} ml="auto" wrap="nowrap">
          {mayTime && (
            <Tooltip label={named("ticket.timer")}>
              <ActionIcon
                variant="default"
                size={30}
                onClick={timer.toggle}
                aria-label={t(timer.isMine ? "ticket.timerStop" : "ticket.timerStart")}
              >
                {timer.isMine ? <IconPlayerStop size={16} stroke={1.5} /> : <IconPlayerPlay size={16} stroke={1.5} />}
              </ActionIcon>
            </Tooltip>
          )}
          {mayUpdate && !isDone && (
            <Button
              size="compact-md"
              variant="default"
              fw={400}
              leftSection={<IconCheck size={16} stroke={1.5} />}
              onClick={() => actions.setStatus("resolved")}
            >
              {t("commands.ticket.resolve")}
            </Button>
          )}
          <ActionIcon
            className={classes.sideToggle}
            variant="default"
            size={30}
            onClick={side.toggle}
            aria-expanded={side.isOpen}
            aria-label={t("ticket.properties")}
          >
            <IconLayoutSidebarRight size={16} stroke={1.5} />
          </ActionIcon>
        </Group>
      </div>
      <Subject
        key={ticket.id}
        subject={ticket.subject ?? t("ticket.noSubject")}
        mayChange={mayUpdate}
        onChange={(subject) => actions.update({ subject })}
      />
      <From ticket={ticket} />
    </header>
  );
}

function From({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const now = useNow();
  const mayCrm = useMay("crm.customer.read");
  const customer = ticket.customer_name ?? t("unknown");
  return (
    <div className={classes.from}>
      {mayCrm ? (
        <Link
          to="/customers/$customerId"
          params={{ customerId: ticket.customer_id }}
          search={{}}
          className={classes.fromLink}
        >
          {customer}
        </Link>
      ) : (
        <span>{customer}</span>
      )}
      {ticket.contact_id &&
        (mayCrm ? (
          <Link
            to="/contacts/$contactId"
            params={{ contactId: ticket.contact_id }}
            search={{}}
            className={classes.fromLink}
          >
            {ticket.contact_name ?? t("unknown")}
          </Link>
        ) : (
          <span>{ticket.contact_name ?? t("unknown")}</span>
        ))}
      <span className={classes.fromSoft} title={formatDateTime(ticket.opened_at)}>
        {t("ticket.openedAgo", { ago: formatDistance(ticket.opened_at, now) })}
      </span>
    </div>
  );
}

/** The head until the ticket is here. */
export function HeadWaiting() {
  return (
    <div className={classes.head} aria-hidden>
      <Skeleton height={22} width={220} my={4} animate={false} />
      <Skeleton height={20} width="60%" my={6} animate={false} />
      <Skeleton height={14} width={280} animate={false} />
    </div>
  );
}
