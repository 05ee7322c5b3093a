import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { ApiProblem } from "@/api";
import { PageError, PageMissing } from "@/components/PageStates";
import type { LoginSearch } from "@/features/login/LoginPage";
import { takeToken } from "@/features/login/token";
import { countQuery, pageQuery } from "@/features/queue/queries";
import { queueSearch } from "@/features/queue/search";
import { i18n, LANGUAGES } from "@/i18n";
import { csrfValue } from "@/session/cookies";
import { meQuery, preferencesQuery } from "@/session/useSession";
import { isOwnAccount } from "@/shell/LacksFactor";
import { Shell } from "@/shell/Shell";

type Context = { queries: QueryClient };

export const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: () => (
    <main>
      <PageMissing />
    </main>
  ),
});

export const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): LoginSearch => ({
    next: typeof search.next === "string" ? search.next : undefined,
    sso_error: typeof search.sso_error === "string" ? search.sso_error : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/login/LoginPage"), "LoginPage"),
});

export const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("@/features/login/ForgotPasswordPage"), "ForgotPasswordPage"),
});

export const setPassword = createRoute({
  getParentRoute: () => root,
  path: "/set-password",
  // before anything is shown: what stands in the address bar is read along, and kept by the browser
  beforeLoad: () => ({ token: takeToken() }),
  component: lazyRouteComponent(() => import("@/features/login/SetPasswordPage"), "SetPasswordPage"),
});

/** Everything a person must be logged in for. */
export const inside = createRoute({
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
      // until there is one, the server refuses everything else
      if (me.lacks_factor && !isOwnAccount(location.pathname)) {
        throw redirect({ to: "/account", state: { after: location.href } });
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
