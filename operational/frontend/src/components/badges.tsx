import {
  IconAlertTriangle,
  IconCircle,
  IconCircleCheck,
  IconCircleDot,
  IconClock,
  IconLock,
  IconPlayerPause,
} from "@tabler/icons-react";
import { formatDateTime, formatSpan } from "@/i18n/format";
import { useT } from "@/i18n/useT";
import classes from "./badges.module.css";
import { useNow } from "./useNow";

const CATEGORY = {
  new: { Icon: IconCircle, tone: "info" },
  open: { Icon: IconCircleDot, tone: "accent" },
  paused: { Icon: IconPlayerPause, tone: "warn" },
  resolved: { Icon: IconCircleCheck, tone: "good" },
  closed: { Icon: IconLock, tone: "soft" },
} as const;

/** A status in words with the shape of its category. */
export function StatusBadge({ status, category }: { status: string | null; category: string | null }) {
  const t = useT();
  const known = CATEGORY[(category ?? "") as keyof typeof CATEGORY];
  const Icon = known?.Icon ?? IconCircle;
  return (
    <span className={classes.badge}>
      <Icon size={14} stroke={1.75} color={`var(--psa-${known?.tone ?? "soft"})`} aria-hidden />
      <span className={classes.text}>
        {status ? t(`queue.status.${status}`, { defaultValue: status }) : t("unknown")}
      </span>
    </span>
  );
}

/** A priority: its bars and its name. */
export function PriorityBadge({ priority, short = false }: { priority: string | null; short?: boolean }) {
  const t = useT();
  if (priority === null) {
    const name = t("queue.priority.none");
    return (
      <span className={classes.faint} title={name}>
        {short ? (
          <>
            <span aria-hidden>–</span>
            <span className="visually-hidden">{name}</span>
          </>
        ) : (
          name
        )}
      </span>
    );
  }
  const bars = 5 - Number(priority.slice(1));
  const tone = priority === "p1" ? "bad" : priority === "p2" ? "warn" : "soft";
  return (
    <span className={classes.badge} title={t(`queue.priority.${priority}`, { defaultValue: priority })}>
      <svg width={14} height={12} viewBox="0 0 14 12" aria-hidden="true">
        {[0, 1, 2, 3].map((bar) => (
          <rect
            key={bar}
            x={bar * 3.5}
            y={9 - bar * 3}
            width={2.5}
            height={3 + bar * 3}
            fill={bar < bars ? `var(--psa-${tone})` : "var(--psa-line)"}
          />
        ))}
      </svg>
      <span className={`${classes.text} tabular`}>
        {short ? priority.toUpperCase() : t(`queue.priority.${priority}`, { defaultValue: priority })}
      </span>
    </span>
  );
}

type Due = { clock: string; due_at: string | null; breached: boolean };

/** What is left of the clock that is due first, or how long it has been over. */
export function DueBadge({ due }: { due: Due | null | undefined }) {
  const t = useT();
  const now = useNow();
  if (!due) return <span className={classes.faint}>–</span>;
  const clock = t(`queue.clock.${due.clock}`, { defaultValue: due.clock });
  if (due.due_at === null) {
    return (
      <span className={classes.badge} title={clock}>
        <IconPlayerPause size={14} stroke={1.75} color="var(--psa-soft)" aria-hidden />
        <span className={classes.faint}>{t(due.breached ? "queue.due.breached" : "queue.due.stands")}</span>
      </span>
    );
  }
  const left = (new Date(due.due_at).getTime() - now) / 1000;
  const isOver = due.breached || left < 0;
  const tone = isOver ? "bad" : left < 3600 ? "warn" : "soft";
  const Icon = isOver ? IconAlertTriangle : IconClock;
  const text = t(isOver ? "queue.due.over" : "queue.due.left", { span: formatSpan(left) });
  return (
    <span className={classes.badge} title={`${clock}: ${formatDateTime(due.due_at)}`}>
      <Icon size={14} stroke={1.75} color={`var(--psa-${tone})`} aria-hidden />
      <span className={`${classes.text} tabular`} style={{ color: tone === "soft" ? undefined : `var(--psa-${tone})` }}>
        {text}
      </span>
    </span>
  );
}
