import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiProblem, authUpdateIdentityProvider, data, ifMatch, type ProviderChange, type ProviderOut } from "@/api";
import { providersQuery } from "./queries";

/** Changes a provider as it was seen; when somebody else was quicker, the new state is read. */
export function useProviderChange(provider: ProviderOut, onDone?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ProviderChange) =>
      data(
        authUpdateIdentityProvider({
          path: { provider_id: provider.id },
          headers: { "If-Match": ifMatch(provider.version) },
          body,
          throwOnError: true,
        }),
      ),
    onSuccess: (saved) => {
      client.setQueryData(
        providersQuery.queryKey,
        (before) => before && { ...before, items: before.items.map((one) => (one.id === saved.id ? saved : one)) },
      );
      onDone?.();
    },
    onError: (error) => {
      if (error instanceof ApiProblem && error.code === "stale") {
        void client.invalidateQueries({ queryKey: providersQuery.queryKey });
      }
    },
  });
}
