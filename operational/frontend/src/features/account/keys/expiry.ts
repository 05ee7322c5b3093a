export const EXPIRIES = ["30", "90", "365", "day", "never"] as const;
export type Expiry = (typeof EXPIRIES)[number];
const DAY_MS = 86_400_000;

/** When a key ends: so many days from now, at the end of a day of the browser's zone, or never; undefined while no day is given. */
export function expiresAt(expiry: Expiry, day: string, now = Date.now()): string | null | undefined {
  if (expiry === "never") return null;
  if (expiry !== "day") return new Date(now + Number(expiry) * DAY_MS).toISOString();
  const end = new Date(`${day}T23:59:59`);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}
