import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { onChange } from "@/live/useLive";
import { meQuery, useMe } from "./useSession";

/** Follows what the person may do when an administrator changes it: navigation, buttons and lists. */
export function useRightsLive(): void {
  const client = useQueryClient();
  const { id } = useMe();
  useEffect(
    () =>
      onChange((change) => {
        const isMine = change?.topic.startsWith("auth.user_saved") && change.aggregate_id === id;
        if (isMine || change?.topic.startsWith("auth.role_saved")) void readAnew(client);
      }),
    [client, id],
  );
}

/** Reads everything anew if the person may do something else than before. */
async function readAnew(client: QueryClient): Promise<void> {
  const before = JSON.stringify(client.getQueryData(meQuery.queryKey));
  try {
    const now = await client.fetchQuery({ ...meQuery, staleTime: 0 });
    if (JSON.stringify(now) !== before) await client.invalidateQueries();
  } catch {
    // no network, or no session any more: both are told elsewhere
  }
}
