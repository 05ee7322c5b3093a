import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiProblem, authSetRole, data, ifMatch, type RoleOut } from "@/api";
import { meQuery } from "@/session/useSession";
import { rolesQuery } from "../queries";
import type { Given } from "./matrix";

type Values = { description: string | null; needsFactor: boolean; given: Given };

/** Lets a role give exactly this, if it is still as it was seen. */
export function useSaveRole(role: RoleOut, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ description, needsFactor, given }: Values) =>
      data(
        authSetRole({
          path: { role_id: role.id },
          headers: { "If-Match": ifMatch(role.version) },
          body: { description, needs_second_factor: needsFactor, permissions: { ...given } },
          throwOnError: true,
        }),
      ),
    onSuccess: (saved) => {
      client.setQueryData(rolesQuery.queryKey, (before) => before?.map((one) => (one.id === saved.id ? saved : one)));
      void client.invalidateQueries({ queryKey: ["rights"] });
      // it may be one's own
      void client.invalidateQueries({ queryKey: meQuery.queryKey });
      onDone();
    },
    onError: (error) => {
      if (error instanceof ApiProblem && error.code === "stale") {
        void client.invalidateQueries({ queryKey: rolesQuery.queryKey });
      }
    },
  });
}
