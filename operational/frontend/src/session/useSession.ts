import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { authGetMe, authListPreferences, data, type MeOut } from "@/api";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => data(authGetMe({ throwOnError: true })),
  staleTime: 5 * 60_000,
  retry: false,
});

export const preferencesQuery = queryOptions({
  queryKey: ["preferences"],
  queryFn: async () => (await data(authListPreferences({ throwOnError: true }))).values as Record<string, unknown>,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who is logged in; only below the log-in guard. */
export function useMe(): MeOut {
  return useSuspenseQuery(meQuery).data;
}

/** Whether the logged-in person holds a permission. */
export function useMay(permission: string): boolean {
  return useQuery(meQuery).data?.permissions.includes(permission) ?? false;
}
