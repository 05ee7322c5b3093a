import { ActionIcon, Popover } from "@mantine/core";
import { IconClock, IconPlayerStop } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { keysText } from "@/commands/catalogue";
import { useCommand } from "@/commands/registry";
import { useNow } from "@/components/useNow";
import { EndForm } from "./EndForm";
import classes from "./Timer.module.css";
import { setEnding, useEnding, useTimer, useTimerRefresh } from "./useTimer";

/** Seconds as h:mm:ss. */
export function formatElapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** The running timer: where it runs, for how long, and its end. */
export function TimerWidget() {
  const { t } = useTranslation();
  const timer = useTimer();
  const { isOpen, next } = useEnding();
  const path = useLocation({ select: (location) => location.pathname });
  const isAtTickets = path.startsWith("/tickets");
  // a ticket's page knows better what the key means there
  const isAtOne = path.startsWith("/tickets/") && path !== "/tickets/new";
  useTimerRefresh();
  useCommand("ticket.timer", () => setEnding(!isOpen), timer === null || isAtOne);
  const isGone = timer === null;
  useEffect(() => {
    if (isGone) setEnding(false);
  }, [isGone]);
  if (timer === null) return null;
  return (
    <div className={classes.widget} role="group" aria-label={t("ticket.timer.label")}>
      <IconClock size={16} stroke={1.75} color="var(--psa-accent)" aria-hidden className={classes.icon} />
      <Link
        to="/tickets/$ticketId"
        params={{ ticketId: timer.ticket_id }}
        search={(search) => (isAtTickets ? search : {})}
        className={classes.number}
        title={timer.subject ?? undefined}
      >
        {timer.number}
      </Link>
      <Elapsed from={timer.started_at} />
      <Popover
        opened={isOpen}
        onChange={(now) => !now && setEnding(false)}
        position="bottom-end"
        shadow="md"
        trapFocus
        returnFocus
        width={320}
      >
        <Popover.Target>
          <ActionIcon
            size="md"
            variant="light"
            onClick={() => setEnding(!isOpen)}
            aria-label={t("ticket.timer.end")}
            title={`${t("ticket.timer.end")} (${keysText("ticket.timer")})`}
          >
            <IconPlayerStop size={16} stroke={1.75} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown aria-label={t("ticket.timer.end")}>
          <EndForm timer={timer} next={next} />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

function Elapsed({ from }: { from: string }) {
  const now = useNow(1000);
  return <span className={`${classes.elapsed} tabular`}>{formatElapsed((now - new Date(from).getTime()) / 1000)}</span>;
}
