import { IconAlertTriangle, IconCheck, IconClock, IconHistory, IconMinus, IconTrash } from "@tabler/icons-react";
import badges from "@/components/badges.module.css";
import { useT } from "@/i18n/useT";
import type { EventStatus } from "./queries";
import type { JobState } from "./words";

const JOB = {
  failed: { icon: IconAlertTriangle, color: "var(--psa-bad)" },
  recovered: { icon: IconHistory, color: "var(--psa-warn)" },
  fine: { icon: IconCheck, color: "var(--psa-good)" },
  never: { icon: IconMinus, color: "var(--psa-soft)" },
} as const;

const EVENT = {
  dead: { icon: IconAlertTriangle, color: "var(--psa-bad)" },
  waiting: { icon: IconClock, color: "var(--psa-info)" },
  discarded: { icon: IconTrash, color: "var(--psa-soft)" },
} as const;

/** How a job fares: a shape, a colour and a word. */
export function JobBadge({ state }: { state: JobState }) {
  const t = useT();
  return <Badge look={JOB[state]} text={t(`background.jobState.${state}`)} />;
}

/** What becomes of an event: a shape, a colour and a word. */
export function EventBadge({ status }: { status: EventStatus }) {
  const t = useT();
  return <Badge look={EVENT[status]} text={t(`background.eventState.${status}`)} />;
}

function Badge({ look, text }: { look: (typeof JOB)[JobState] | (typeof EVENT)[EventStatus]; text: string }) {
  const { icon: Icon, color } = look;
  return (
    <span className={badges.badge}>
      <Icon size={14} stroke={2} color={color} aria-hidden />
      <span className={badges.text}>{text}</span>
    </span>
  );
}
