import type { StatusIn, TicketChange } from "@/api";

export type Status = StatusIn["status"];
export type PauseReason = NonNullable<StatusIn["pause_reason"]>;
export type Priority = NonNullable<TicketChange["priority"]>;

/** Statuses in the order of a ticket's life, with the category that carries the meaning. */
export const STATUS_CATEGORY: Record<Status, string> = {
  new: "new",
  open: "open",
  waiting_customer: "paused",
  waiting_vendor: "paused",
  waiting_internal: "paused",
  resolved: "resolved",
  closed: "closed",
};
export const STATUSES = Object.keys(STATUS_CATEGORY) as Status[];
export const PRIORITIES: readonly Priority[] = ["p1", "p2", "p3", "p4"];
export const PAUSE_REASONS: readonly PauseReason[] = ["customer", "vendor", "appointment", "change_freeze"];

/** Why a status stops the clocks unless the person says otherwise. */
export const USUAL_PAUSE: Partial<Record<Status, PauseReason>> = {
  waiting_customer: "customer",
  waiting_vendor: "vendor",
  waiting_internal: "appointment",
};
