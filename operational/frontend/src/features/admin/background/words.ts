import type { TFunction } from "i18next";
import type { ParkedEventOut } from "@/api";
import { formatDateTime } from "@/i18n/format";
import type { Job } from "./queries";

export type JobState = "failed" | "recovered" | "fine" | "never";

/** How a job fares: a failure stays to be seen when it has worked since. */
export function jobState(job: Job): JobState {
  if (job.last_error_at) {
    return job.last_succeeded_at && job.last_succeeded_at > job.last_error_at ? "recovered" : "failed";
  }
  return job.last_succeeded_at ? "fine" : "never";
}

/** What a job does, in words. */
export function jobName(t: TFunction, job: string): string {
  return t(`background.job.${job}`, { defaultValue: job });
}

/** When a job runs: minutes and hours of its line are UTC, which only a daily one says here. */
export function schedule(t: TFunction, cron: string | null | undefined): string {
  if (!cron) return t("background.onDemand");
  const [minute = "", hour = "", ...rest] = cron.split(" ");
  const isDaily = /^\d+$/.test(minute) && /^\d+$/.test(hour) && rest.every((part) => part === "*");
  if (isDaily) return t("background.daily", { at: `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}` });
  const every = /^\*(?:\/(\d+))?$/.exec(minute);
  if (every && [hour, ...rest].every((part) => part === "*")) {
    return t("background.everyMinutes", { count: Number(every[1] ?? 1) });
  }
  return cron;
}

/** What is to be known of an event that was not handled, in a sentence. */
export function eventTrouble(t: TFunction, event: ParkedEventOut): string {
  if (event.status === "discarded") {
    return t("background.discardedAt", { at: formatDateTime(event.settled_at ?? event.parked_at) });
  }
  if (event.status === "dead") return t("background.deadText", { count: event.attempts });
  if (event.attempts === 0 && !event.last_error) return t("background.behindText");
  return t("background.waitingText", { at: formatDateTime(event.next_attempt_at) });
}
