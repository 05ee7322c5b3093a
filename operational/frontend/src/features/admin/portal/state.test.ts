import { describe, expect, it } from "vitest";
import type { UserDetail } from "@/api";
import { ordered, portalState } from "./state";

const NOW = Date.parse("2026-11-26T12:00:00Z");

describe("a portal user", () => {
  it("is as far as they are", () => {
    const at = (values: Partial<UserDetail>) =>
      portalState({ is_active: true, has_password: false, invited_until: null, ...values } as UserDetail, NOW);
    expect(at({ has_password: true })).toBe("active");
    expect(at({ invited_until: "2026-11-27T12:00:00Z" })).toBe("invited");
    expect(at({ invited_until: "2026-11-26T11:00:00Z" })).toBe("expired");
    expect(at({})).toBe("expired");
    expect(at({ is_active: false, has_password: true })).toBe("former");
  });

  it("begins with one of the customers chosen", () => {
    expect(ordered(["a", "b", "c"], ["c", "a"], "c")).toEqual(["c", "a"]);
    expect(ordered(["a", "b", "c"], ["c", "a"], "b")).toEqual(["a", "c"]);
    expect(ordered(["a", "b"], [], undefined)).toEqual([]);
  });
});
