import { useCallback, useState } from "react";
import { useMe } from "@/session/useSession";

/**
 * Keeps something half written in this browser until it is sent; `blank` is what there is at first, or again when what
 * was kept is not worth it.
 */
export function useDraft<T extends object>(
  name: string,
  blank: T,
  isWorthIt: (draft: T) => boolean = () => true,
): [T, (part: Partial<T>) => void, () => void] {
  const key = `psa-draft:${useMe().id}:${name}`;
  const [draft, setDraft] = useState<T>(() => {
    const kept = { ...blank, ...read<T>(key) };
    return isWorthIt(kept) ? kept : blank;
  });
  const change = useCallback(
    (part: Partial<T>) =>
      setDraft((before) => {
        const next = { ...before, ...part };
        write(key, next);
        return next;
      }),
    [key],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is blank does not change
  const forget = useCallback(() => {
    write(key, null);
    setDraft(blank);
  }, [key]);
  return [draft, change, forget];
}

function read<T>(key: string): Partial<T> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Partial<T>) : {};
  } catch {
    return {};
  }
}

function write(key: string, value: object | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // a full or forbidden storage must not keep anybody from writing
  }
}
