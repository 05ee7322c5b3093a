import { queryOptions } from "@tanstack/react-query";
import { authListIdentityProviders, authListUserIdentities, data } from "@/api";

const A_WHILE = 30_000;

/** The company's identity providers by name, and what is to be registered at a new one. */
export const providersQuery = queryOptions({
  queryKey: ["identity-providers"],
  queryFn: ({ signal }) => data(authListIdentityProviders({ signal, throwOnError: true })),
  staleTime: A_WHILE,
});

/** What a person is linked to at identity providers. */
export const identitiesQuery = (userId: string) =>
  queryOptions({
    queryKey: ["user", userId, "identities"],
    queryFn: async ({ signal }) =>
      (await data(authListUserIdentities({ path: { user_id: userId }, signal, throwOnError: true }))).items,
    staleTime: A_WHILE,
  });
