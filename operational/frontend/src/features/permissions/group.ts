import { moduleOf } from "./words";

export const SHOWN = ["all", "held", "missing"] as const;
export type Shown = (typeof SHOWN)[number];
type Held = { name: string; scope: string | null };
export type Group<T> = { module: string; items: T[] };

// what the day is about comes first, and seeing before changing
const OBJECTS = [
  ...["tickets.ticket", "tickets.note", "tickets.time_entry"],
  ...["crm.customer", "crm.contact", "crm.contract"],
  ...["reports.dashboard", "reports.forecast"],
  ...["auth.account", "auth.api_key", "auth.user", "auth.role", "auth.mail"],
];
const VERBS = ["use", "read", "create", "write", "update", "assign", "reply", "manage"];

/** Permissions by the service they belong to. */
export function byModule<T extends { name: string }>(items: readonly T[]): Group<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of [...items].sort(compare)) {
    const module = moduleOf(item.name);
    groups.set(module, [...(groups.get(module) ?? []), item]);
  }
  return [...groups].map(([module, found]) => ({ module, items: found }));
}

function compare(one: { name: string }, other: { name: string }): number {
  const [object, verb] = ranks(one.name);
  const [otherObject, otherVerb] = ranks(other.name);
  return object - otherObject || verb - otherVerb || one.name.localeCompare(other.name);
}

/** Places of what a permission is about and of what it allows; those we do not know come last. */
function ranks(name: string): [number, number] {
  const at = name.lastIndexOf(".");
  const place = (list: readonly string[], word: string) => (list.includes(word) ? list.indexOf(word) : list.length);
  return [place(OBJECTS, name.slice(0, at)), place(VERBS, name.slice(at + 1))];
}

/** Those with every word of the text in their sentence or name. */
export function withText<T extends { name: string }>(
  items: readonly T[],
  text: string,
  sentence: (name: string) => string,
): T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ name }) => {
    const said = `${sentence(name)} ${name}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** Those held, those not held, or all. */
export function ofShown<T extends Held>(items: readonly T[], shown: Shown): T[] {
  if (shown === "all") return [...items];
  return items.filter(({ scope }) => (scope !== null) === (shown === "held"));
}

/** How many there are of each kind. */
export function countShown(items: readonly Held[]): Record<Shown, number> {
  const held = ofShown(items, "held").length;
  return { all: items.length, held, missing: items.length - held };
}
