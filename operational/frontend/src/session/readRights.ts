import type { QueryClient } from "@tanstack/react-query";
import { meQuery } from "./useSession";

/**
 * Asks who the person is and what they may do; everything shown is read anew if that is something else than before.
 * Where there is no network or no session any more nothing is thrown: both are told elsewhere.
 */
export async function readRights(client: QueryClient): Promise<void> {
  const before = JSON.stringify(client.getQueryData(meQuery.queryKey));
  try {
    const now = await client.fetchQuery({ ...meQuery, staleTime: 0 });
    if (JSON.stringify(now) !== before) await client.invalidateQueries();
  } catch {
    // told by sessionFetch
  }
}
