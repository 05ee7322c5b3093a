import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { PageError, PageMissing } from "@/components/PageStates";
import { mailSearch, portalSearch, staffSearch } from "@/features/admin/search";
import { QueuePage } from "@/features/queue/QueuePage";
import { queueSearch, UNRESOLVED } from "@/features/queue/search";
import { forgotPassword, inside, login, root, setPassword } from "@/routerRoots";
import { parseSearch, stringifySearch } from "@/routerSearch";
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

const serviceAccounts = createRoute({
  getParentRoute: () => inside,
  path: "/service-accounts",
  validateSearch: textSearch,
  component: lazyRouteComponent(() => import("@/features/admin"), "ServiceAccountsPage"),
});

const newServiceAccount = createRoute({
  getParentRoute: () => serviceAccounts,
  path: "/new",
  component: lazyRouteComponent(
    () => import("@/features/admin/service/NewServiceAccountPage"),
    "NewServiceAccountPage",
  ),
});

const serviceAccount = createRoute({
  getParentRoute: () => serviceAccounts,
  path: "/$accountId",
  component: lazyRouteComponent(() => import("@/features/admin/service/ServiceAccountPage"), "ServiceAccountPage"),
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

const portalUsers = createRoute({
  getParentRoute: () => inside,
  path: "/portal-users",
  validateSearch: portalSearch,
  component: lazyRouteComponent(() => import("@/features/admin"), "PortalUsersPage"),
});

const newPortalUser = createRoute({
  getParentRoute: () => portalUsers,
  path: "/new",
  validateSearch: ({ contact }: Record<string, unknown>): { contact?: string } => ({
    contact: typeof contact === "string" && contact !== "" ? contact : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/admin/portal/NewPortalUserPage"), "NewPortalUserPage"),
});

const portalUser = createRoute({
  getParentRoute: () => portalUsers,
  path: "/$portalUserId",
  component: lazyRouteComponent(() => import("@/features/admin/portal/PortalUserPage"), "PortalUserPage"),
});

const providers = createRoute({
  getParentRoute: () => inside,
  path: "/identity-providers",
  validateSearch: textSearch,
  component: lazyRouteComponent(() => import("@/features/admin"), "ProvidersPage"),
});

const newProvider = createRoute({
  getParentRoute: () => providers,
  path: "/new",
  component: lazyRouteComponent(() => import("@/features/admin/sso/NewProviderPage"), "NewProviderPage"),
});

const provider = createRoute({
  getParentRoute: () => providers,
  path: "/$providerId",
  component: lazyRouteComponent(() => import("@/features/admin/sso/ProviderPage"), "ProviderPage"),
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
    serviceAccounts.addChildren([newServiceAccount, serviceAccount]),
    roles.addChildren([newRole, role]),
    portalUsers.addChildren([newPortalUser, portalUser]),
    providers.addChildren([newProvider, provider]),
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
