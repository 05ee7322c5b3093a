import type { UserDetail } from "@/api";

/** As the server sorts them: who can log in, who was invited and has set no password yet, who was let go. */
export const PORTAL_STATES = ["active", "invited", "former"] as const;
export type PortalState = (typeof PORTAL_STATES)[number];

/** How far somebody is; an invitation that ran out is one a new link is waited for. */
export function portalState(user: UserDetail, now = Date.now()): PortalState | "expired" {
  if (!user.is_active) return "former";
  if (user.has_password) return "active";
  const until = user.invited_until === null ? 0 : new Date(user.invited_until).getTime();
  return until > now ? "invited" : "expired";
}

/** Customers in the order they are sent in: the one to begin with first, the others as they were offered. */
export function ordered(offered: readonly string[], chosen: readonly string[], first: string | undefined): string[] {
  const kept = offered.filter((id) => chosen.includes(id));
  return first && kept.includes(first) ? [first, ...kept.filter((id) => id !== first)] : kept;
}
