import { ApiProblem } from "@/api/problem";

/** The token of a one-time link while its page is open; kept here and nowhere a browser would keep it. */
let kept: string | null = null;

/**
 * The token behind the `#` of the address, which is taken away from the address bar and the history at once; later the
 * one taken before. Null where there was none, such as after a reload.
 */
export function takeToken(): string | null {
  const { hash, pathname, search } = window.location;
  if (hash.length > 1) {
    kept = hash.slice(1);
    window.history.replaceState(window.history.state, "", pathname + search);
  }
  return kept;
}

/** Forgets the token: it is used up. */
export function forgetToken(): void {
  kept = null;
}

/** Whether a link has been used, is too old, or never was one. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 410;
}
