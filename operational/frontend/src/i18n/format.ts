import { currentLanguage } from ".";

const LOCALE = { de: "de-DE", en: "en-GB" } as const;
const locale = () => LOCALE[currentLanguage()];

/** Makes a formatter once for each language: making one costs more than a hundred uses. */
function perLanguage<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const name = locale();
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}
const dateTime = perLanguage((name) => new Intl.DateTimeFormat(name, { dateStyle: "medium", timeStyle: "short" }));
const dateOnly = perLanguage((name) => new Intl.DateTimeFormat(name, { dateStyle: "medium" }));
const distance = perLanguage((name) => new Intl.RelativeTimeFormat(name, { style: "short", numeric: "auto" }));

/** A whole or decimal number as the language writes it. */
export function formatNumber(value: number, digits = 0): string {
  return value.toLocaleString(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** An amount with its currency (ISO 4217), as the language writes it; without one the number alone. */
export function formatMoney(amount: number, currency: string | null): string {
  return currency ? amount.toLocaleString(locale(), { style: "currency", currency }) : formatNumber(amount, 2);
}

/** Day and time in the browser's zone. */
export function formatDateTime(instant: string | Date): string {
  return dateTime().format(new Date(instant));
}

/** Day alone. */
export function formatDate(instant: string | Date): string {
  return dateOnly().format(new Date(instant));
}

/** Weekday and day, short, for a narrow column; `day` is like 2026-11-22. */
export function formatDay(day: string): string {
  return new Date(`${day}T12:00:00Z`).toLocaleDateString(locale(), {
    weekday: "short",
    day: "numeric",
    month: currentLanguage() === "de" ? "numeric" : "short",
  });
}

const STEPS: ReadonlyArray<[Intl.RelativeTimeFormatUnit, number]> = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** Distance from `now` in words ("in 2 Std.", "3 days ago"). */
export function formatDistance(instant: string, now: number): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  const format = distance();
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "minute");
}

/** A span in hours and minutes ("2:05 h"), days where it is long; never negative: the caller says whether it is over. */
export function formatSpan(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const days = Math.floor(minutes / 1440);
  if (days >= 2) return currentLanguage() === "de" ? `${days} Tage` : `${days} days`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
}
