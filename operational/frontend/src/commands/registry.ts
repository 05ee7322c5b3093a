import { useEffect, useRef, useSyncExternalStore } from "react";
import type { CommandId } from "./catalogue";

type Entry = { id: CommandId; run: () => void };

let entries: readonly Entry[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Entry[]): void {
  entries = next;
  for (const listener of listeners) listener();
}

/** Says what a command does while this part of the page is shown; the part shown last wins. `off` takes it back. */
export function useCommand(id: CommandId, run: () => void, off = false): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (off) return;
    const entry: Entry = { id, run: () => latest.current() };
    change([...entries, entry]);
    return () => change(entries.filter((other) => other !== entry));
  }, [id, off]);
}

/** What can be done now: each command once. */
export function activeCommands(): ReadonlyMap<CommandId, () => void> {
  return new Map(entries.map((entry) => [entry.id, entry.run]));
}

/** Does a command; whether anybody could. */
export function runCommand(id: CommandId): boolean {
  const run = activeCommands().get(id);
  run?.();
  return run !== undefined;
}

/** The commands that can be given now, followed as they change. */
export function useActiveCommands(): ReadonlyMap<CommandId, () => void> {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => entries,
  );
  return new Map(now.map((entry) => [entry.id, entry.run]));
}
