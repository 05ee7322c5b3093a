import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { authSetPreference } from "@/api";
import { notifyProblem } from "@/components/notifyProblem";
import { preferencesQuery } from "./useSession";

/** A value the person has set for themselves, kept on the server, and how to set it (null forgets it). */
export function usePreference<T>(name: string, fallback: T): [T, (value: T | null) => void] {
  const client = useQueryClient();
  const values = useQuery(preferencesQuery).data;
  const set = useCallback(
    (value: T | null) => {
      client.setQueryData(preferencesQuery.queryKey, (before) => ({ ...before, [name]: value }));
      authSetPreference({ path: { name }, body: { value }, throwOnError: true }).catch((error) => {
        void client.invalidateQueries({ queryKey: preferencesQuery.queryKey });
        notifyProblem(error);
      });
    },
    [client, name],
  );
  return [((values?.[name] as T | null | undefined) ?? fallback) as T, set];
}
