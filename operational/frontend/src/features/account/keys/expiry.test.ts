import { describe, expect, it } from "vitest";
import { expiresAt } from "./expiry";

const NOW = Date.parse("2026-11-26T10:00:00Z");

describe("the end of an API key", () => {
  it("is so many days away", () => {
    expect(expiresAt("30", "", NOW)).toBe("2026-12-26T10:00:00.000Z");
  });

  it("is the end of a day", () => {
    expect(expiresAt("day", "2027-01-31", NOW)).toBe(new Date("2027-01-31T23:59:59").toISOString());
    expect(expiresAt("day", "", NOW)).toBeUndefined();
  });

  it("may never come", () => {
    expect(expiresAt("never", "2027-01-31", NOW)).toBeNull();
  });
});
