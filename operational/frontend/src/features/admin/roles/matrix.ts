import type { PermissionOut, RoleOut } from "@/api";
import type { Scope } from "@/features/permissions/words";

/** What a role gives: how far each of its permissions reaches. */
export type Given = Readonly<Record<string, Scope>>;
/** One place of the matrix. */
export type Cell = Scope | "none";
/** What somebody has set and not saved yet, by permission. */
export type Edits = Readonly<Record<string, Cell>>;
export type Change = { name: string; from: Cell; to: Cell };

export function cellOf(given: Given, name: string): Cell {
  return given[name] ?? "none";
}

/** What a role would give with these edits. */
export function edited(given: Given, edits: Edits): Given {
  const all: Record<string, Cell> = { ...given, ...edits };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Scope] => entry[1] !== "none"));
}

/** Where two states of a role differ, by name. */
export function changes(before: Given, after: Given): Change[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .sort()
    .map((name) => ({ name, from: cellOf(before, name), to: cellOf(after, name) }))
    .filter(({ from, to }) => from !== to);
}

/**
 * Whether a place differs from how the role came. The server tells where a saved role does, and not how it came: one that
 * was changed and is changed once more is called different until it is saved, unless there is but one other choice.
 */
export function differsFromShipped(role: RoleOut, { name, scopes }: PermissionOut, now: Cell): boolean {
  if (!role.is_shipped) return false;
  const isSaved = now === cellOf(role.permissions, name);
  if (!role.changed.includes(name)) return !isSaved;
  return isSaved || scopes.length > 1;
}
