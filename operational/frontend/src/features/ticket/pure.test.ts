import { describe, expect, it } from "vitest";
import type { ClockOut } from "@/api";
import { changedValues } from "@/features/crm/RecordForm";
import { bodyOf } from "@/features/newTicket/useNewTicket";
import { minutesSince } from "@/features/timer/EndForm";
import { formatElapsed } from "@/features/timer/TimerWidget";
import { clockState } from "./Clocks";
import { clockAfter, spanOf } from "./timeSpan";

const now = new Date("2026-11-26T10:00:00Z").getTime();
const clock = (values: Partial<ClockOut>): ClockOut => ({
  clock: "resolution",
  state: "running",
  target_seconds: 14_400,
  consumed_seconds: 0,
  started_at: "2026-11-26T08:00:00Z",
  due_at: "2026-11-26T12:05:00Z",
  verdict: null,
  judged_at: null,
  stopped_at: null,
  ...values,
});
const state = (values: Partial<ClockOut>) => clockState(clock(values), now).state;

describe("a clock", () => {
  it("runs, runs out, and is over", () => {
    expect(clockState(clock({}), now)).toEqual({ state: "left", seconds: 7500 });
    expect(state({ due_at: "2026-11-26T10:59:00Z" })).toBe("soon");
    expect(clockState(clock({ due_at: "2026-11-26T09:20:00Z" }), now)).toEqual({ state: "over", seconds: -2400 });
    expect(state({ verdict: "breached", due_at: "2026-11-26T09:20:00Z" })).toBe("over");
  });

  it("stands, and ends one way or the other", () => {
    expect(state({ state: "paused", due_at: null })).toBe("stands");
    expect(state({ state: "paused", due_at: null, verdict: "breached" })).toBe("breached");
    expect(state({ state: "stopped", due_at: null, verdict: "met" })).toBe("met");
    expect(state({ state: "stopped", due_at: null, verdict: "breached" })).toBe("breached");
    expect(state({ state: "cancelled", due_at: null })).toBe("ended");
    expect(state({ target_seconds: null, due_at: null })).toBe("ended");
  });
});

describe("time entered by hand", () => {
  it("is the span between the fields, over midnight too", () => {
    expect(spanOf("2026-11-26", "09:00", "10:15")?.minutes).toBe(75);
    expect(spanOf("2026-11-26", "23:30", "00:10")?.minutes).toBe(40);
    expect(spanOf("2026-11-26", "", "00:10")).toBeNull();
  });

  it("has an end that follows the minutes", () => {
    expect(clockAfter("09:50", 25)).toBe("10:15");
    expect(clockAfter("23:50", 25)).toBe("00:15");
  });
});

describe("the timer", () => {
  it("counts a started minute whole", () => {
    expect(minutesSince("2026-11-26T09:50:00Z", now)).toBe(10);
    expect(minutesSince("2026-11-26T09:49:59Z", now)).toBe(11);
    expect(minutesSince("2026-11-26T10:00:30Z", now)).toBe(1);
  });

  it("is read like a clock", () => {
    expect(formatElapsed(-3)).toBe("0:00:00");
    expect(formatElapsed(36_005)).toBe("10:00:05");
  });
});

describe("what is sent", () => {
  it("leaves out of a change what is as it was", () => {
    const before = { name: "A", city: "Bonn", phone: null };
    expect(changedValues({ name: "A", city: " ", phone: "" } as Record<string, string | null>, before)).toEqual({
      city: null,
    });
  });

  it("is no ticket without customer and subject", () => {
    const values = {
      customer_id: "c",
      contact_id: null,
      subject: " Drucker ",
      description: "",
      priority: "p3" as const,
      channel: "phone" as const,
      queue: "",
      category: " Drucken ",
      assignee_id: null,
    };
    expect(bodyOf({ ...values, subject: " " })).toBeNull();
    expect(bodyOf({ ...values, customer_id: null })).toBeNull();
    expect(bodyOf(values)).toEqual({
      customer_id: "c",
      contact_id: null,
      assignee_id: null,
      priority: "p3",
      channel: "phone",
      subject: "Drucker",
      category: "Drucken",
    });
  });
});
