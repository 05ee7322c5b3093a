import type { TFunction } from "i18next";
import type { EventOut } from "@/api";
import { currentLanguage } from "@/i18n";

/** Values whose new state the event tells in a word of ours. */
const WORDED = { status: "queue.status", priority: "queue.priority", pause_reason: "ticket.pause" } as const;
const TOLD_APART = new Set(["status", "assignee_ref", "pause_reason"]);

function word(t: TFunction, name: string, value: string | number | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  const group = WORDED[name as keyof typeof WORDED];
  return group ? t(`${group}.${value}`, { defaultValue: String(value) }) : String(value);
}

/** Who did it, in a word where we have no name. */
export function actorText(t: TFunction, event: EventOut): string {
  if (event.actor_name) return event.actor_name;
  const kind = event.actor_kind === "contact" || event.actor_kind === "system" ? event.actor_kind : "unknown";
  return t(`ticket.actor.${kind}`);
}

function statusClause(t: TFunction, event: EventOut, before: EventOut | undefined): string {
  const to = word(t, "status", event.status) ?? t("unknown");
  if (event.is_reopening) return t("ticket.did.reopened", { to });
  if (event.status === "resolved") return t("ticket.did.resolved");
  if (event.status === "closed") return t("ticket.did.closed");
  const from = word(t, "status", before?.status);
  return from ? t("ticket.did.status", { from, to }) : t("ticket.did.statusSet", { to });
}

function assigneeClause(t: TFunction, event: EventOut): string {
  if (event.assignee_id === null) return t("ticket.did.unassigned");
  if (event.assignee_id === event.actor_id) return t("ticket.did.took");
  return t("ticket.did.assigned", { to: event.assignee_name ?? t("unknown") });
}

function valueClause(t: TFunction, name: string, event: EventOut, before: EventOut | undefined): string {
  const known = t(`ticket.valueOf.${name}`, { defaultValue: name });
  if (!(name in event)) return name === "time_entry" ? t("ticket.did.time") : t("ticket.did.changed", { what: known });
  const to = word(t, name, event[name as keyof EventOut] as string | number | null);
  const from = word(t, name, before?.[name as keyof EventOut] as string | number | null | undefined);
  if (to === null) return t("ticket.did.removed", { what: known });
  return from === null
    ? t("ticket.did.set", { what: known, to })
    : t("ticket.did.valueChanged", { what: known, from, to });
}

/** What an event changed, each as the end of a sentence that begins with who did it. */
function clauses(t: TFunction, event: EventOut, before: EventOut | undefined): string[] {
  const { changed } = event;
  const told = changed.filter((name) => !TOLD_APART.has(name)).map((name) => valueClause(t, name, event, before));
  if (changed.includes("assignee_ref")) told.unshift(assigneeClause(t, event));
  if (changed.includes("status")) told.push(statusClause(t, event, before));
  else if (changed.includes("pause_reason")) told.push(valueClause(t, "pause_reason", event, before));
  return told;
}

function listed(told: string[]): string {
  return new Intl.ListFormat(currentLanguage(), { type: "conjunction" }).format(told);
}

/** What happened, in one sentence. */
export function eventText(t: TFunction, event: EventOut, before: EventOut | undefined, channel: string | null): string {
  const actor = actorText(t, event);
  if (event.kind === "created") {
    return t(`ticket.opened.${channel ?? "unknown"}`, { actor, defaultValue: t("ticket.opened.unknown", { actor }) });
  }
  const told = clauses(t, event, before);
  return t("ticket.did.sentence", { actor, what: told.length > 0 ? listed(told) : t("ticket.did.something") });
}

/** What a message changed besides being written; null when that is nothing. */
export function alsoText(t: TFunction, event: EventOut, before: EventOut | undefined): string | null {
  const told = event.kind === "created" ? [] : clauses(t, event, before);
  return told.length > 0 ? t("ticket.did.also", { what: listed(told) }) : null;
}
