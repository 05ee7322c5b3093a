import { IconAlertTriangle, IconCheck, IconClock, IconSend, IconTrash } from "@tabler/icons-react";
import badges from "@/components/badges.module.css";
import { useT } from "@/i18n/useT";
import type { MailStatus } from "../queries";

const LOOK = {
  stuck: { icon: IconAlertTriangle, color: "var(--psa-bad)" },
  waiting: { icon: IconClock, color: "var(--psa-soft)" },
  sending: { icon: IconSend, color: "var(--psa-info)" },
  sent: { icon: IconCheck, color: "var(--psa-good)" },
  discarded: { icon: IconTrash, color: "var(--psa-soft)" },
} as const;

/** What became of a mail: a shape, a colour and a word. */
export function MailBadge({ status }: { status: MailStatus }) {
  const t = useT();
  const { icon: Icon, color } = LOOK[status];
  return (
    <span className={badges.badge}>
      <Icon size={14} stroke={2} color={color} aria-hidden />
      <span className={badges.text}>{t(`admin.mail.status.${status}`)}</span>
    </span>
  );
}
