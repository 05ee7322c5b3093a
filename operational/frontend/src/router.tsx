import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiProblem } from "@/api";
import { PageError, PageMissing } from "@/components/PageStates";
import { mailSearch, staffSearch } from "@/features/admin/search";
import type { LoginSearch } from "@/features/login/LoginPage";
import { takeToken } from "@/features/login/token";
import { QueuePage } from "@/features/queue/QueuePage";
import { countQuery, pageQuery } from "@/features/queue/queries";
import { queueSearch, UNRESOLVED } from "@/features/queue/search";
import { i18n, LANGUAGES } from "@/i18n";
import { parseSearch, stringifySearch } from "@/routerSearch";
import { csrfValue } from "@/session/cookies";
import { meQuery, preferencesQuery } from "@/session/useSession";
import { Shell } from "@/shell/Shell";

type Context = { queries: QueryClient };

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: () => (
    <main>
      <PageMissing />
    </main>
  ),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): LoginSearch => ({
    next: typeof search.next === "string" ? search.next : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/login/LoginPage"), "LoginPage"),
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("@/features/login/ForgotPasswordPage"), "ForgotPasswordPage"),
});

const setPassword = createRoute({
  getParentRoute: () => root,
  path: "/set-password",
  // before anything is shown: what stands in the address bar is read along, and kept by the browser
  beforeLoad: () => ({ token: takeToken() }),
  component: lazyRouteComponent(() => import("@/features/login/SetPasswordPage"), "SetPasswordPage"),
});

/** Everything a person must be logged in for. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    if (location.pathname === "/tickets" && csrfValue() !== "") warmQueue(context.queries, location.search);
    try {
      const [me, kept] = await Promise.all([
        context.queries.ensureQueryData(meQuery),
        context.queries.ensureQueryData(preferencesQuery),
      ]);
      const language = kept["desk.language"] ?? me.locale;
      if (language !== i18n.language && (LANGUAGES as readonly unknown[]).includes(language)) {
        await i18n.changeLanguage(language as string);
      }
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        throw redirect({ to: "/login", search: { next: location.href === "/" ? undefined : location.href } });
      }
      throw error;
    }
  },
  component: Shell,
  errorComponent: PageError,
});

/** Asks for the queue's first rows while it is still asked who looks. */
function warmQueue(queries: QueryClient, asked: object): void {
  const search = queueSearch(asked as Record<string, unknown>);
  void queries.prefetchQuery(pageQuery(search, 0));
  void queries.prefetchQuery(countQuery(search));
}

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

const textSearch = (search: Record<string, unknown>): { text?: string } => ({
  text: typeof search.text === "string" && search.text !== "" ? search.text : undefined,
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

const staff = createRoute({
  getParentRoute: () => inside,
  path: "/staff",
  validateSearch: staffSearch,
  component: lazyRouteComponent(() => import("@/features/admin"), "StaffPage"),
});

const newUser = createRoute({
  getParentRoute: () => staff,
  path: "/new",
  component: lazyRouteComponent(() => import("@/features/admin/staff/NewStaffPage"), "NewStaffPage"),
});

const user = createRoute({
  getParentRoute: () => staff,
  path: "/$userId",
  component: lazyRouteComponent(() => import("@/features/admin/staff/UserPage"), "UserPage"),
});

const roles = createRoute({
  getParentRoute: () => inside,
  path: "/roles",
  validateSearch: textSearch,
  component: lazyRouteComponent(() => import("@/features/admin"), "RolesPage"),
});

const newRole = createRoute({
  getParentRoute: () => roles,
  path: "/new",
  component: lazyRouteComponent(() => import("@/features/admin/roles/NewRolePage"), "NewRolePage"),
});

const role = createRoute({
  getParentRoute: () => roles,
  path: "/$roleId",
  component: lazyRouteComponent(() => import("@/features/admin/roles/RolePage"), "RolePage"),
});

const mails = createRoute({
  getParentRoute: () => inside,
  path: "/mail",
  validateSearch: mailSearch,
  component: lazyRouteComponent(() => import("@/features/admin"), "MailPage"),
});

const mail = createRoute({
  getParentRoute: () => mails,
  path: "/$mailId",
  component: lazyRouteComponent(() => import("@/features/admin/mail/OneMailPage"), "OneMailPage"),
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
    staff.addChildren([newUser, user]),
    roles.addChildren([newRole, role]),
    mails.addChildren([mail]),
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
