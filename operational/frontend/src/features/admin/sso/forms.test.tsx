import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { ProviderOut } from "@/api";
import { ME, type Sent, serve, show } from "@/testing/show";
import { GroupsForm } from "./GroupsForm";
import { NewProviderPage } from "./NewProviderPage";

const PATH = "/api/auth/identity-providers";
const MAY = [...ME.permissions, "auth.sso.manage", "auth.role.read"];
const addresses = {
  redirect_uri: `${window.location.origin}/api/auth/sso/callback`,
  post_logout_redirect_uri: `${window.location.origin}/login`,
  backchannel_logout_uri: `${window.location.origin}/api/auth/sso/backchannel-logout`,
};
const role = { id: "1", name: "technician", description: null };

function server(write: (sent: Sent) => { status: number; body: unknown }) {
  return serve((sent) => {
    if (sent.method !== "GET") return write(sent);
    if (sent.path === "/api/auth/roles") return { body: { items: [role] } };
    return { body: { items: [], ...addresses } };
  });
}

describe("a new log-in service", () => {
  it("shows what to register, says what is missing, and what the server has against a field", async () => {
    const user = userEvent.setup({ delay: null });
    const errors = [{ field: "issuer", message: "no" }];
    const asked = server(() => ({ status: 422, body: { code: "bad_issuer", detail: "no", errors } }));
    await show(<NewProviderPage />, MAY);
    await user.click(await screen.findByRole("radio", { name: "Keycloak" }));
    expect(await screen.findByLabelText(/Redirect URI/)).toHaveValue(addresses.redirect_uri);
    await user.click(screen.getByRole("button", { name: "Anmeldedienst anlegen" }));
    expect(screen.getByRole("textbox", { name: /Name/ })).toHaveAccessibleDescription(/Bitte ausfüllen/);
    expect(screen.getByRole("combobox", { name: /Domains/ })).toHaveAccessibleDescription(/Nennen Sie die Domains/);
    expect(asked.some(({ method }) => method === "POST")).toBe(false);
    await user.type(screen.getByRole("textbox", { name: /Name/ }), "Konto");
    await user.type(screen.getByRole("textbox", { name: /Realms/ }), "http://x.test");
    await user.type(screen.getByRole("textbox", { name: /Client-ID/ }), "psa");
    await user.type(screen.getByRole("combobox", { name: /Domains/ }), "example.org{Enter}");
    await user.click(screen.getByRole("button", { name: "Anmeldedienst anlegen" }));
    await waitFor(() =>
      expect(screen.getByRole("textbox", { name: /Realms/ })).toHaveAccessibleDescription(/https-Adresse/),
    );
    expect(asked.find(({ method }) => method === "POST")?.body).toMatchObject({
      preset: "keycloak",
      issuer: "http://x.test",
      client_secret: null,
      allowed_domains: ["example.org"],
      link_by_verified_email: true,
    });
  });
});

describe("rules about groups", () => {
  it("are sent whole, for the version that was seen, and say when somebody was quicker", async () => {
    const user = userEvent.setup({ delay: null });
    const asked = server(() => ({ status: 412, body: { code: "stale", detail: "x" } }));
    const provider = {
      id: "7",
      preset: "keycloak",
      group_roles: [{ group: "Technik", role: "technician" }],
      groups_claim: "groups",
      version: 3,
    } as ProviderOut;
    await show(<GroupsForm provider={provider} onClose={() => undefined} />, MAY);
    await user.click(await screen.findByRole("button", { name: "Weitere Zeile" }));
    await user.type(screen.getByLabelText("Gruppe 2"), "Leitung");
    await user.click(screen.getByRole("button", { name: "Speichern" }));
    expect(await screen.findByText("Welche Rolle?")).toBeInTheDocument();
    expect(asked.some(({ method }) => method === "PATCH")).toBe(false);
    await user.click(screen.getByRole("button", { name: "Zeile 2 entfernen" }));
    await user.type(screen.getByLabelText("Gruppe 1"), " Nord");
    await user.click(screen.getByRole("button", { name: "Speichern" }));
    expect(await screen.findByText(/Jemand anderes hat inzwischen geändert/)).toBeInTheDocument();
    const sent = asked.find(({ method }) => method === "PATCH");
    expect([sent?.path, sent?.headers.get("If-Match")]).toEqual([`${PATH}/7`, '"3"']);
    expect(sent?.body).toEqual({
      group_roles: [{ group: "Technik Nord", role: "technician" }],
      groups_claim: "groups",
    });
  });
});
