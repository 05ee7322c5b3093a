import type { TFunction } from "i18next";
import type { UserChange, UserDetail } from "@/api";
import { formatDate } from "@/i18n/format";

const DAY_MS = 86_400_000;
const dayOf = (instant: number) => new Date(instant).toISOString().slice(0, 10);
export const dayText = (day: string) => formatDate(`${day}T12:00:00`);

/** The day before, as the server counts days (UTC): whoever is active to it is no longer so. */
export function yesterday(now = Date.now()): string {
  return dayOf(now - DAY_MS);
}

/** What lets somebody in from now on; when they began stays known. */
export function activeAgain({ active_from }: UserDetail, now = Date.now()): UserChange {
  const isToCome = active_from !== null && active_from > dayOf(now);
  return isToCome ? { active_from: null, active_to: null } : { active_to: null };
}

/** Whether somebody works here, and from or until when. */
export function activeText(t: TFunction, user: UserDetail, now = Date.now()): string {
  const { active_from, active_to, is_active } = user;
  const today = dayOf(now);
  if (active_to !== null && active_to < today) return t("admin.staff.activeUntil_past", { day: dayText(active_to) });
  if (active_from !== null && active_from > today) return t("admin.staff.activeFrom", { day: dayText(active_from) });
  if (active_to !== null) return t("admin.staff.activeUntil", { day: dayText(active_to) });
  return t(is_active ? "admin.staff.active" : "admin.staff.inactive");
}

/** Whether somebody can log in, and if not, how far their invitation is. */
export type Invitation = "service" | "ready" | "invited" | "expired" | "none" | "noAddress";
export function invitationOf(user: UserDetail, now = Date.now()): Invitation {
  if (user.kind === "service") return "service";
  if (user.has_password) return "ready";
  if (!user.email) return "noAddress";
  if (user.invited_until === null) return "none";
  return new Date(user.invited_until).getTime() > now ? "invited" : "expired";
}
