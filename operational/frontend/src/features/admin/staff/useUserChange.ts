import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiProblem, data, ifMatch, type UserDetail } from "@/api";
import { meQuery } from "@/session/useSession";
import { userQuery } from "../queries";

type Headers = { "If-Match": string };
type Call<V> = (values: V, path: { user_id: string }, headers: Headers) => Promise<{ data: UserDetail }>;

/** Changes a person as they were seen; when somebody else was quicker, the new state is read. */
export function useUserChange<V>(user: UserDetail, call: Call<V>, onDone?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (values: V) => data(call(values, { user_id: user.id }, { "If-Match": ifMatch(user.version) })),
    onSuccess: (saved) => {
      const me = client.getQueryData(meQuery.queryKey);
      client.setQueryData(userQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["staff"] });
      void client.invalidateQueries({ queryKey: ["service-accounts"] });
      void client.invalidateQueries({ queryKey: ["portal-users"] });
      void client.invalidateQueries({ queryKey: ["rights"] });
      void client.invalidateQueries({ queryKey: ["roles"] });
      void client.invalidateQueries({ queryKey: ["user", saved.id, "sessions"] });
      if (me?.id === saved.id) void client.invalidateQueries({ queryKey: meQuery.queryKey });
      onDone?.();
    },
    onError: (error) => {
      if (error instanceof ApiProblem && error.code === "stale") {
        void client.invalidateQueries({ queryKey: userQuery(user.id).queryKey });
      }
    },
  });
}
