import { describe, expect, it } from "vitest";
import { bodyOf, missing, NO_RULES, type Values } from "./presets";

const values = (more: Partial<Values>): Values => ({
  preset: "keycloak",
  name: "Firmenkonto",
  issuer: "https://id.example.org/realms/firma",
  client_id: "psa",
  client_secret: "",
  ...NO_RULES,
  link_by_verified_email: false,
  ...more,
});

describe("a new provider", () => {
  it("needs an issuer where there is more than one", () => {
    expect(missing(values({ name: " ", issuer: "" }))).toEqual(["name", "issuer"]);
    expect(missing(values({ preset: "google", issuer: "" }))).toEqual([]);
  });

  it("lets nobody in by their address without saying of which domains", () => {
    expect(missing(values({ link_by_verified_email: true }))).toEqual(["allowed_domains"]);
    expect(missing(values({ creates_accounts: true }))).toEqual(["allowed_domains"]);
    expect(missing(values({ creates_accounts: true, allowed_domains: ["example.org"] }))).toEqual([]);
  });

  it("is sent without what does not count, and without a secret where none was typed", () => {
    const sent = bodyOf(values({ preset: "google", issuer: "left over", trusts_email: true, default_roles: ["vcio"] }));
    expect(sent).toMatchObject({ issuer: null, client_secret: null, trusts_email: false, default_roles: [] });
    expect(
      bodyOf(values({ client_secret: " geheim ", creates_accounts: true, default_roles: ["vcio"] })),
    ).toMatchObject({ client_secret: "geheim", default_roles: ["vcio"] });
  });
});
