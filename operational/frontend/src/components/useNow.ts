import { useSyncExternalStore } from "react";

const listeners = new Map<number, Set<() => void>>();
const timers = new Map<number, number>();

/** The present in ms since 1970, anew every `every` ms (default a minute); all users of one rhythm share a timer. */
export function useNow(every = 60_000): number {
  return useSyncExternalStore(
    (listener) => {
      const group = listeners.get(every) ?? new Set();
      listeners.set(every, group.add(listener));
      if (!timers.has(every)) {
        timers.set(
          every,
          window.setInterval(() => {
            for (const one of listeners.get(every) ?? []) one();
          }, every),
        );
      }
      return () => {
        group.delete(listener);
        if (group.size === 0) {
          window.clearInterval(timers.get(every));
          timers.delete(every);
        }
      };
    },
    () => Math.floor(Date.now() / every) * every,
  );
}
