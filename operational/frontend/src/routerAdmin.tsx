import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { eventsSearch, mailSearch, portalSearch, staffSearch } from "@/features/admin/search";
import { inside } from "@/routerRoots";
import { textSearch } from "@/routerSearch";

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

const background = createRoute({ getParentRoute: () => inside, path: "/background" });

const backgroundStart = createRoute({
  getParentRoute: () => background,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/background/jobs" });
  },
});

const jobs = createRoute({
  getParentRoute: () => background,
  path: "/jobs",
  component: lazyRouteComponent(() => import("@/features/admin"), "JobsPage"),
});

const job = createRoute({
  getParentRoute: () => jobs,
  path: "/$job",
  component: lazyRouteComponent(() => import("@/features/admin/background/JobPage"), "JobPage"),
});

const events = createRoute({
  getParentRoute: () => background,
  path: "/events",
  validateSearch: eventsSearch,
  component: lazyRouteComponent(() => import("@/features/admin"), "EventsPage"),
});

const event = createRoute({
  getParentRoute: () => events,
  path: "/$parkedId",
  component: lazyRouteComponent(() => import("@/features/admin/background/EventPage"), "EventPage"),
});

/** What administrators look after. */
export const adminRoutes = [
  staff.addChildren([newUser, user]),
  serviceAccounts.addChildren([newServiceAccount, serviceAccount]),
  roles.addChildren([newRole, role]),
  portalUsers.addChildren([newPortalUser, portalUser]),
  providers.addChildren([newProvider, provider]),
  mails.addChildren([mail]),
  background.addChildren([backgroundStart, jobs.addChildren([job]), events.addChildren([event])]),
] as const;
