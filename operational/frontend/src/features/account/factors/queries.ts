import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { authListSecondFactors, data } from "@/api";
import { meQuery } from "@/session/useSession";

/** The person's own second factors. */
export const factorsQuery = queryOptions({
  queryKey: ["second-factors"],
  queryFn: ({ signal }) => data(authListSecondFactors({ signal, throwOnError: true })),
});

/** Reads them anew, and whether the person may go on now. */
export async function readFactors(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: factorsQuery.queryKey }),
    client.invalidateQueries({ queryKey: meQuery.queryKey }),
  ]);
}
