import { queryOptions } from "@tanstack/react-query";
import { authListMyPermissions, authListUserPermissions, data } from "@/api";

/** What the person may do, and why. */
export const myPermissionsQuery = queryOptions({
  queryKey: ["rights", "me"],
  queryFn: ({ signal }) => data(authListMyPermissions({ signal, throwOnError: true })),
});

/** What somebody else may do; for administrators. */
export const userPermissionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["rights", id],
    queryFn: ({ signal }) => data(authListUserPermissions({ path: { user_id: id }, signal, throwOnError: true })),
  });
