import { useCallback, useRef } from "react";
import { onceKey } from "@/session/onceKey";

/**
 * The Idempotency-Key of something to be sent: the same for the same body, so that trying again after a failure does not
 * do it twice; a new one for another body.
 */
export function useOnce(): (body: unknown) => { "Idempotency-Key": string } {
  const kept = useRef({ text: "", key: "" });
  return useCallback((body) => {
    const text = JSON.stringify(body);
    if (kept.current.text !== text) kept.current = { text, key: onceKey() };
    return { "Idempotency-Key": kept.current.key };
  }, []);
}
