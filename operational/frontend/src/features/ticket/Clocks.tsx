import { Skeleton, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconClock, IconPlayerPause } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ClockOut } from "@/api";
import { useNow } from "@/components/useNow";
import { formatDateTime, formatSpan } from "@/i18n/format";
import classes from "./Ticket.module.css";

const LOOK = {
  left: { Icon: IconClock, tone: "accent" },
  soon: { Icon: IconClock, tone: "warn" },
  over: { Icon: IconAlertTriangle, tone: "bad" },
  stands: { Icon: IconPlayerPause, tone: "soft" },
  met: { Icon: IconCircleCheck, tone: "good" },
  breached: { Icon: IconAlertTriangle, tone: "bad" },
  ended: { Icon: IconCircleMinus, tone: "soft" },
} as const;
const SOON = 3600;

/** Where a clock is, and the seconds left or gone by where it runs. */
export function clockState(clock: ClockOut, now: number): { state: keyof typeof LOOK; seconds: number | null } {
  const isOver = clock.verdict === "breached";
  if (clock.state === "running" && clock.due_at !== null) {
    const seconds = (new Date(clock.due_at).getTime() - now) / 1000;
    if (isOver || seconds < 0) return { state: "over", seconds };
    return { state: seconds < SOON ? "soon" : "left", seconds };
  }
  if (isOver) return { state: "breached", seconds: null };
  if (clock.state === "paused") return { state: "stands", seconds: null };
  return { state: clock.verdict === "met" ? "met" : "ended", seconds: null };
}

/** The ticket's service-level clocks. */
export function Clocks({ clocks }: { clocks: readonly ClockOut[] | undefined }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("ticket.clocks")} className={classes.block}>
      <h2 className={classes.blockTitle}>{t("ticket.clocks")}</h2>
      {clocks === undefined && <Skeleton height={34} animate={false} />}
      {clocks?.length === 0 && <Text c="dimmed">{t("ticket.noClocks")}</Text>}
      {clocks?.map((clock) => (
        <ClockLine key={clock.clock} clock={clock} />
      ))}
    </section>
  );
}

function ClockLine({ clock }: { clock: ClockOut }) {
  const { t } = useTranslation();
  const now = useNow();
  const { state, seconds } = clockState(clock, now);
  const { Icon, tone } = LOOK[state];
  const target = clock.target_seconds;
  const due = clock.state === "running" && clock.due_at ? formatDateTime(clock.due_at) : null;
  const help = [
    due && t("ticket.clock.due", { at: due }),
    target !== null && t("ticket.clock.target", { span: formatSpan(target), used: formatSpan(clock.consumed_seconds) }),
    clock.stopped_at && t("ticket.clock.stopped", { at: formatDateTime(clock.stopped_at) }),
    t("ticket.clock.caveat"),
  ].filter(Boolean);
  return (
    <Tooltip label={help.join(" ")} multiline w={280} events={{ hover: true, focus: true, touch: true }}>
      <div
        className={classes.clock}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation must be reachable by keyboard
        tabIndex={0}
        role="group"
        aria-label={t(`queue.clock.${clock.clock}`, { defaultValue: clock.clock })}
      >
        <Icon size={16} stroke={1.75} color={`var(--psa-${tone})`} aria-hidden />
        <span>{t(`queue.clock.${clock.clock}`, { defaultValue: clock.clock })}</span>
        <span
          className={`${classes.clockText} tabular`}
          style={{ color: tone === "soft" ? undefined : `var(--psa-${tone})` }}
        >
          {t(`ticket.clock.${state}`, { span: formatSpan(seconds ?? 0) })}
        </span>
        {due && <span className={classes.clockDue}>{t("ticket.clock.until", { at: due })}</span>}
      </div>
    </Tooltip>
  );
}
