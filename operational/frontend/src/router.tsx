import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { PageError, PageMissing } from "@/components/PageStates";
import { QueuePage } from "@/features/queue/QueuePage";
import { queueSearch, UNRESOLVED } from "@/features/queue/search";
import { adminRoutes } from "@/routerAdmin";
import { forgotPassword, inside, login, root, setPassword } from "@/routerRoots";
import { parseSearch, stringifySearch, textSearch } from "@/routerSearch";
import { preferencesQuery } from "@/session/useSession";

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: ({ context }) => {
    // where the person left off
    const kept = context.queries.getQueryData(preferencesQuery.queryKey)?.["desk.queue"];
    const search = queueSearch((kept ?? { status_category: UNRESOLVED, sort: "due_at" }) as Record<string, unknown>);
    throw redirect({ to: "/tickets", search });
  },
});

const tickets = createRoute({
  getParentRoute: () => inside,
  path: "/tickets",
  validateSearch: queueSearch,
  component: QueuePage,
});

const newTicket = createRoute({
  getParentRoute: () => tickets,
  path: "/new",
  component: lazyRouteComponent(() => import("@/features/newTicket/NewTicketPage"), "NewTicketPage"),
});

const ticket = createRoute({
  getParentRoute: () => tickets,
  path: "/$ticketId",
  component: lazyRouteComponent(() => import("@/features/ticket/TicketPage"), "TicketPage"),
});

const customers = createRoute({
  getParentRoute: () => inside,
  path: "/customers",
  validateSearch: textSearch,
  component: lazyRouteComponent(() => import("@/features/crm"), "CustomersPage"),
});

const customer = createRoute({
  getParentRoute: () => customers,
  path: "/$customerId",
  component: lazyRouteComponent(() => import("@/features/crm/CustomerPage"), "CustomerPage"),
});

const contacts = createRoute({
  getParentRoute: () => inside,
  path: "/contacts",
  validateSearch: textSearch,
  component: lazyRouteComponent(() => import("@/features/crm"), "ContactsPage"),
});

const contact = createRoute({
  getParentRoute: () => contacts,
  path: "/$contactId",
  component: lazyRouteComponent(() => import("@/features/crm/ContactPage"), "ContactPage"),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  component: lazyRouteComponent(() => import("@/features/account/AccountPage"), "AccountPage"),
});

const permissions = createRoute({
  getParentRoute: () => inside,
  path: "/account/permissions",
  component: lazyRouteComponent(() => import("@/features/permissions/MyPermissionsPage"), "MyPermissionsPage"),
});

const tree = root.addChildren([
  login,
  forgotPassword,
  setPassword,
  inside.addChildren([
    home,
    tickets.addChildren([newTicket, ticket]),
    customers.addChildren([customer]),
    contacts.addChildren([contact]),
    account,
    permissions,
    ...adminRoutes,
  ]),
]);

/** The router; its loaders share the page's queries. */
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    parseSearch,
    stringifySearch,
    context: { queries },
    defaultPreload: "intent",
    defaultNotFoundComponent: PageMissing,
    defaultErrorComponent: PageError,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
