import { queryOptions } from "@tanstack/react-query";
import {
  authCreateApiKey,
  authCreateUserApiKey,
  authDeleteApiKey,
  authDeleteUserApiKey,
  authListApiKeys,
  authListUserApiKeys,
  data,
  type KeyIn,
} from "@/api";

/** Whose keys: a service account's id, or null for the person's own. */
export type Owner = string | null;

/** The keys that work. */
export const keysQuery = (owner: Owner) =>
  queryOptions({
    queryKey: ["api-keys", owner ?? "me"],
    queryFn: async ({ signal }) => {
      const call = owner
        ? authListUserApiKeys({ path: { user_id: owner }, signal, throwOnError: true })
        : authListApiKeys({ signal, throwOnError: true });
      return (await data(call)).items;
    },
  });

export function createKey(owner: Owner, body: KeyIn) {
  if (owner) return data(authCreateUserApiKey({ path: { user_id: owner }, body, throwOnError: true }));
  return data(authCreateApiKey({ body, throwOnError: true }));
}

export function endKey(owner: Owner, key_id: string): Promise<unknown> {
  if (owner) return authDeleteUserApiKey({ path: { user_id: owner, key_id }, throwOnError: true });
  return authDeleteApiKey({ path: { key_id }, throwOnError: true });
}
