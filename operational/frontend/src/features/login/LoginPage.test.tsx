import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { i18n } from "@/i18n";
import { serve } from "@/testing/show";
import { LoginPage } from "./LoginPage";

const STEP = "/api/auth/browser-session/second-factor";
const refused = (status: number, code: string, field?: string) => ({
  status,
  body: { code, detail: code, errors: field && [{ loc: ["body", field], msg: code }] },
});

async function showLogin() {
  await i18n.changeLanguage("de");
  const root = createRootRoute();
  const routeTree = root.addChildren([
    createRoute({ getParentRoute: () => root, path: "/login", component: LoginPage }),
    createRoute({ getParentRoute: () => root, path: "$", component: () => <p data-testid="inside" /> }),
  ]);
  const history = createMemoryHistory({ initialEntries: ["/login?next=/account"] });
  const router = createRouter({ routeTree, history });
  await router.load();
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return history;
}

const factors = (answer: () => { status: number; body?: unknown }, methods = ["totp", "recovery_code"]) =>
  serve(({ path }) => {
    if (path === STEP) return answer();
    return { status: 202, body: { token: "waiting", methods, expires_in: 300 } };
  });

async function firstStep() {
  const user = userEvent.setup({ delay: null });
  await user.type(await screen.findByLabelText(/E-Mail-Adresse/), "anna@example.test");
  await user.type(screen.getByLabelText(/^Kennwort/, { selector: "input" }), "secret{Enter}");
  return user;
}
const code = () => screen.findByLabelText(/Code der Authenticator-App/);

describe("the log-in's second step", () => {
  it("takes the digits of a code, and goes where one wanted to go", async () => {
    const asked = factors(() => ({ status: 204 }));
    const history = await showLogin();
    const user = await firstStep();
    await user.type(await code(), "12345{Enter}");
    expect(await screen.findByText("Sechs Ziffern, wie die App sie zeigt.")).toBeInTheDocument();
    await user.type(await code(), " 6{Enter}");
    expect(await screen.findByTestId("inside")).toBeInTheDocument();
    expect(asked.at(-1)?.body).toEqual({ token: "waiting", code: "123456" });
    expect(history.location.pathname).toBe("/account");
  });

  it("says at the field that a code does not fit", async () => {
    factors(() => refused(422, "wrong_second_factor", "code"));
    await showLogin();
    const user = await firstStep();
    await user.type(await code(), "123456{Enter}");
    expect(await screen.findByText("Das passt nicht. Jeder Code gilt nur einmal.")).toBeInTheDocument();
    expect(await code()).toHaveAttribute("aria-invalid", "true");
  });

  it("begins again once it has taken too long, with the address kept", async () => {
    factors(() => refused(401, "login_over"));
    await showLogin();
    const user = await firstStep();
    await user.type(await code(), "123456{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Beginnen Sie noch einmal.");
    expect(screen.getByLabelText(/E-Mail-Adresse/)).toHaveValue("anna@example.test");
  });

  it("lets a recovery code in, and tells of too many attempts in words", async () => {
    const asked = factors(() => refused(429, "too_many_attempts"));
    await showLogin();
    const user = await firstStep();
    await user.click(await screen.findByRole("button", { name: "Ich habe mein Gerät nicht dabei" }));
    await user.type(await screen.findByLabelText(/Wiederherstellungscode/), "abcde-23456{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Zu viele Versuche.");
    expect(asked.at(-1)?.body).toEqual({ token: "waiting", recovery_code: "abcde-23456" });
  });

  it("asks the administrator's help of whom has no recovery code", async () => {
    factors(() => ({ status: 204 }), ["totp"]);
    await showLogin();
    await firstStep();
    expect(await screen.findByText(/Ihre Administration kann/)).toBeInTheDocument();
  });
});
