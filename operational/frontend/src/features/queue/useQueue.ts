import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { TicketRow } from "@/api";
import { useLiveQueries } from "@/live/useLiveQueries";
import { countQuery, PAGE, pageQuery } from "./queries";
import type { QueueSearch } from "./search";

const TICKETS = [["tickets"]];

/** The queue's rows by index, loaded as they come into view. */
export function useQueue(search: QueueSearch) {
  const [[first, last], setRange] = useState<[number, number]>([0, 0]);
  const count = useQuery(countQuery(search));
  const from = Math.floor(first / PAGE);
  const pages = Math.max(1, Math.floor(last / PAGE) - from + 1);
  const loaded = useQueries({
    queries: Array.from({ length: pages }, (_, index) => ({
      ...pageQuery(search, from + index),
      placeholderData: index === 0 && from === 0 ? keepPreviousData : undefined,
    })),
  });
  useLiveQueries("tickets.", TICKETS, 400);
  const row = useCallback(
    (index: number): TicketRow | undefined => loaded[Math.floor(index / PAGE) - from]?.data?.[index % PAGE],
    [loaded, from],
  );
  const onRange = useCallback((one: number, other: number) => setRange([one, other]), []);
  const firstPage = loaded[0]?.data;
  // the first rows may be here before their number is
  const known = count.data ?? (from === 0 && firstPage ? firstPage.length : undefined);
  return {
    count: known,
    row,
    onRange,
    error: loaded.find((page) => page.error)?.error ?? count.error,
    isChanging: count.isPlaceholderData,
  };
}
