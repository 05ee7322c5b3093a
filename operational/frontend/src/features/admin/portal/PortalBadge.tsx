import { IconCircleCheck, IconClock, IconMail, IconUserOff } from "@tabler/icons-react";
import type { UserDetail } from "@/api";
import badges from "@/components/badges.module.css";
import { useT } from "@/i18n/useT";
import { portalState } from "./state";

const LOOK = {
  active: { icon: IconCircleCheck, color: "var(--psa-good)" },
  invited: { icon: IconMail, color: "var(--psa-info)" },
  expired: { icon: IconClock, color: "var(--psa-warn)" },
  former: { icon: IconUserOff, color: "var(--psa-soft)" },
} as const;

/** How far a portal user is: a shape, a colour and a word. */
export function PortalBadge({ user }: { user: UserDetail }) {
  const t = useT();
  const state = portalState(user);
  const { icon: Icon, color } = LOOK[state];
  return (
    <span className={badges.badge}>
      <Icon size={14} stroke={2} color={color} aria-hidden />
      <span className={badges.text}>{t(`portal.state.${state}`)}</span>
    </span>
  );
}
