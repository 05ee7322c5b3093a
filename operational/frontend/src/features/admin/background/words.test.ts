import { describe, expect, it } from "vitest";
import { i18n } from "@/i18n";
import type { Job } from "./queries";
import { jobState, schedule } from "./words";

const job = (more: Partial<Job>): Job => ({
  id: "crm.x",
  job: "crm.x",
  schedule: null,
  last_started_at: null,
  last_succeeded_at: null,
  failures: 0,
  last_error: null,
  last_error_at: null,
  ...more,
});

describe("how a job fares", () => {
  it("keeps a failure to be seen when the job works again", () => {
    const failed = { last_error: "full", last_error_at: "2026-11-26T10:00:00Z" };
    expect(jobState(job({}))).toBe("never");
    expect(jobState(job({ last_succeeded_at: "2026-11-26T10:00:00Z" }))).toBe("fine");
    expect(jobState(job(failed))).toBe("failed");
    expect(jobState(job({ ...failed, last_succeeded_at: "2026-11-26T09:00:00Z" }))).toBe("failed");
    expect(jobState(job({ ...failed, last_succeeded_at: "2026-11-26T11:00:00Z" }))).toBe("recovered");
  });

  it("says when it runs in words, and cron's own where there are none", async () => {
    await i18n.changeLanguage("de");
    const said = (cron: string | null) => schedule(i18n.t, cron);
    expect(said("17 3 * * *")).toBe("täglich um 03:17 UTC");
    expect(said("* * * * *")).toBe("jede Minute");
    expect(said("*/5 * * * *")).toBe("alle 5 Minuten");
    expect(said("0 3 * * 1")).toBe("0 3 * * 1");
    expect(said(null)).toBe("auf Anforderung");
  });
});
