import { beforeAll, describe, expect, it } from "vitest";
import type { UserDetail } from "@/api";
import { i18n } from "@/i18n";
import { activeAgain, activeText, invitationOf, yesterday } from "./state";

const NOW = Date.parse("2026-11-26T23:30:00Z");
const user = (values: Partial<UserDetail>): UserDetail => ({
  id: "1",
  name: "Anna Beck",
  email: "anna@example.test",
  kind: "staff",
  team: null,
  active_from: null,
  active_to: null,
  is_active: true,
  has_password: true,
  invited_until: null,
  roles: [],
  customers_only: [],
  customers_never: [],
  contact_id: null,
  portal_customers: [],
  version: 1,
  ...values,
});

describe("whether somebody is active", () => {
  beforeAll(() => i18n.changeLanguage("en"));

  it("ends with the day before the server's, whatever the day here", () => {
    expect(yesterday(NOW)).toBe("2026-11-25");
  });

  it("begins again without forgetting since when", () => {
    expect(activeAgain(user({ active_from: "2018-02-07" }), NOW)).toEqual({ active_to: null });
    expect(activeAgain(user({ active_from: "2026-12-01" }), NOW)).toEqual({ active_from: null, active_to: null });
  });

  it("is said with the day that matters", () => {
    const said = (values: Partial<UserDetail>) => activeText(i18n.t, user(values), NOW);
    expect(said({})).toBe("active");
    expect(said({ active_to: "2026-11-25", is_active: false })).toBe("not active, last day 25 Nov 2026");
    expect(said({ active_to: "2026-11-26" })).toBe("active until 26 Nov 2026");
    expect(said({ active_from: "2026-12-01", is_active: false })).toBe("active from 1 Dec 2026");
  });
});

describe("an invitation", () => {
  it("is as far as it is", () => {
    const state = (values: Partial<UserDetail>) => invitationOf(user({ has_password: false, ...values }), NOW);
    expect(state({ has_password: true })).toBe("ready");
    expect(state({ email: null })).toBe("noAddress");
    expect(state({ email: null, kind: "service" })).toBe("service");
    expect(state({})).toBe("none");
    expect(state({ invited_until: "2026-11-27T00:00:00Z" })).toBe("invited");
    expect(state({ invited_until: "2026-11-26T00:00:00Z" })).toBe("expired");
  });
});
