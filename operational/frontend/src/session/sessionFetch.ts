import { csrfValue } from "./cookies";

const SESSION = "/api/auth/browser-session";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
let renewing: Promise<boolean> | null = null;
const endedListeners = new Set<() => void>();
const refusedListeners = new Set<() => void>();
const otherTabs = new BroadcastChannel("psa-session");
otherTabs.onmessage = () => tellEnded();

function tellEnded(): void {
  for (const listener of endedListeners) listener();
}

/** Says in all other tabs that the session has ended. */
export function announceEnd(): void {
  otherTabs.postMessage("ended");
}

/** Calls back when the session has ended and only a new log-in helps. Returns the way to stop listening. */
export function onSessionEnded(listener: () => void): () => void {
  endedListeners.add(listener);
  return () => endedListeners.delete(listener);
}

/** Calls back when the server has refused something: the person may do less than this page knows. */
export function onRefused(listener: () => void): () => void {
  refusedListeners.add(listener);
  return () => refusedListeners.delete(listener);
}

/**
 * `fetch` for our API: proves that the request is ours, and renews the session once when the access token has run out.
 */
export async function sessionFetch(input: Request | URL | string, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const before = csrfValue();
  const answer = await send(request.clone());
  if (answer.status === 403) for (const listener of refusedListeners) listener();
  if (answer.status !== 401 || new URL(request.url).pathname.startsWith(SESSION)) return answer;
  if (await renew(before)) return send(request);
  tellEnded();
  return answer;
}

function send(request: Request): Promise<Response> {
  if (!SAFE.has(request.method)) request.headers.set("X-CSRF-Token", csrfValue());
  return fetch(request);
}

/**
 * Renews the session's cookies, once for all tabs: a refresh token used twice ends the session. `before` is the csrf
 * value the failed request had; when it has changed, another tab was quicker. Resolves to whether there is a session.
 */
function renew(before: string): Promise<boolean> {
  renewing ??= locked(async () => {
    if (csrfValue() !== before && csrfValue() !== "") return true;
    return (await fetch(`${SESSION}/refresh`, { method: "POST" })).ok;
  }).finally(() => {
    renewing = null;
  });
  return renewing;
}

function locked(work: () => Promise<boolean>): Promise<boolean> {
  // pages from plain http on another host have no Web Locks; there the tabs are on their own
  if (!("locks" in navigator)) return work();
  return navigator.locks.request("psa-session", work);
}
