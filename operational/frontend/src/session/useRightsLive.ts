import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { onChange } from "@/live/useLive";
import { readRights } from "./readRights";
import { onRefused } from "./sessionFetch";
import { meQuery, useMe } from "./useSession";

/** Follows what the person may do when an administrator changes it: navigation, buttons and lists. */
export function useRightsLive(): void {
  const client = useQueryClient();
  const { id } = useMe();
  // who may hear of changes no more is refused the next thing they do
  useEffect(() => onRefused(() => void readIfOld(client)), [client]);
  useEffect(
    () =>
      onChange((change) => {
        const isMine = change?.topic.startsWith("auth.user_saved") && change.aggregate_id === id;
        if (isMine || change?.topic.startsWith("auth.role_saved")) void readRights(client);
      }),
    [client, id],
  );
}

/** What was read a moment ago is known to be so: a page may ask for many things it is refused. */
const A_MOMENT_MS = 1000;

async function readIfOld(client: QueryClient): Promise<void> {
  const { dataUpdatedAt = 0, fetchStatus } = client.getQueryState(meQuery.queryKey) ?? {};
  if (fetchStatus === "idle" && Date.now() - dataUpdatedAt > A_MOMENT_MS) await readRights(client);
}
