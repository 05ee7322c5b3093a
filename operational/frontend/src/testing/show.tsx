import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { cleanup, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { I18nextProvider } from "react-i18next";
import { afterEach, vi } from "vitest";
import type { MeOut } from "@/api";
import { queueSearch } from "@/features/queue/search";
import { i18n } from "@/i18n";
import { meQuery, preferencesQuery } from "@/session/useSession";
import { theme } from "@/theme/theme";

export const ME: MeOut = {
  id: "11111111-1111-4111-8111-111111111111",
  name: "Anna Beck",
  email: "anna@example.test",
  team: null,
  tenant_id: "22222222-2222-4222-8222-222222222222",
  tenant: "test",
  tenant_name: "Test GmbH",
  timezone: "Europe/Berlin",
  locale: "de",
  roles: ["technician"],
  permissions: [
    "crm.customer.read",
    "crm.contact.write",
    "tickets.time_entry.create",
    "tickets.ticket.create",
    "tickets.ticket.read",
    "tickets.ticket.reply",
    "tickets.ticket.update",
  ],
  scopes: {},
  customers_only: null,
  customers_never: [],
  contact_id: null,
  has_password: true,
  login_provider_id: null,
  lacks_factor: false,
};

// forms are slow without a browser, more so on a busy machine
vi.setConfig({ testTimeout: 20_000 });
afterEach(cleanup);

export type Sent = { method: string; path: string; headers: Headers; body: unknown };
type Answer = { status?: number; body?: unknown };

/** Answers requests in place of the server; returns what was asked. A thrown error is the network's silence. */
export function serve(answer: (sent: Sent) => Answer | undefined): Sent[] {
  const asked: Sent[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const text = await request.text();
    const url = new URL(request.url);
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const sent = { method: request.method, path: url.pathname + url.search, headers: request.headers, body };
    asked.push(sent);
    const given = answer(sent) ?? { status: 404, body: { code: "not_found", detail: "none" } };
    const status = given.status ?? 200;
    return new Response(status === 204 ? null : JSON.stringify(given.body ?? {}), {
      status,
      headers: { "Content-Type": status >= 400 ? "application/problem+json" : "application/json" },
    });
  });
  return asked;
}

/** Shows a part of the page with all it stands in, logged in, in German. */
export async function show(
  part: ReactNode,
  permissions: string[] = ME.permissions,
  at = "/tickets/new",
  me: Partial<MeOut> = {},
): Promise<QueryClient> {
  await i18n.changeLanguage("de");
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(meQuery.queryKey, { ...ME, permissions, ...me });
  queries.setQueryData(preferencesQuery.queryKey, {});
  const root = createRootRoute();
  const inside = createRoute({ getParentRoute: () => root, id: "inside" });
  const tickets = createRoute({ getParentRoute: () => inside, path: "/tickets", validateSearch: queueSearch });
  const elsewhere = () => <p data-testid="elsewhere" />;
  const routeTree = root.addChildren([
    inside.addChildren([
      tickets.addChildren([
        createRoute({ getParentRoute: () => tickets, path: "/new", component: () => part }),
        createRoute({ getParentRoute: () => tickets, path: "/$ticketId", component: elsewhere }),
      ]),
    ]),
    createRoute({ getParentRoute: () => root, path: "$", component: elsewhere }),
  ]);
  const router = createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [at] }) });
  await router.load();
  render(
    <I18nextProvider i18n={i18n}>
      <MantineProvider theme={theme} env="test">
        <QueryClientProvider client={queries}>
          <Notifications />
          <main id="main">
            <RouterProvider router={router as never} />
          </main>
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>,
  );
  return queries;
}
