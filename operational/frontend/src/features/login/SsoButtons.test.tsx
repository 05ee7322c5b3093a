import { screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { de } from "@/i18n/texts";
import { serve, show } from "@/testing/show";
import { SsoButtons } from "./SsoButtons";

const ID = "55555555-5555-4555-8555-555555555555";

function server(items: object[]) {
  return serve((sent) => (sent.path.startsWith("/api/auth/sso/providers") ? { body: { items } } : undefined));
}

describe("the ways to log in by an identity provider", () => {
  afterEach(() => window.history.replaceState(null, "", "/"));

  it("lead the browser to each provider, and afterwards to the page that was asked for", async () => {
    const asked = server([{ id: ID, name: "Firmenkonto", preset: "entra" }]);
    await show(<SsoButtons tenant="acme" next="/tickets?status=new" />);
    const link = await screen.findByRole("link", { name: "Mit Firmenkonto anmelden" });
    expect(link).toHaveAttribute("href", `/api/auth/sso/${ID}/start?next=%2Ftickets%3Fstatus%3Dnew`);
    expect(asked.map((sent) => sent.path)).toContain("/api/auth/sso/providers?tenant=acme");
  });

  it("are nothing where there are none", async () => {
    const asked = server([]);
    await show(<SsoButtons />);
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(screen.queryByRole("link")).toBeNull();
    expect(screen.queryByText(de.sso.or)).toBeNull();
  });

  it.each([
    ["domain_not_allowed", de.sso.error.domain_not_allowed],
    ["never_heard_of", de.sso.error.provider_refused],
  ])("say why the last one did not work: %s", async (code, text) => {
    server([{ id: ID, name: "Firmenkonto", preset: "generic" }]);
    window.history.replaceState(null, "", `/login?sso_error=${code}`);
    await show(<SsoButtons />);
    expect(await screen.findByRole("alert")).toHaveTextContent(text);
    const link = await screen.findByRole("link");
    expect(link).toHaveAttribute("href", `/api/auth/sso/${ID}/start?again=true`);
  });
});
