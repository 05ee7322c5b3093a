import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  data,
  gatewayGetParkedEvent,
  gatewayListJobs,
  gatewayListParkedEvents,
  type JobOut,
  type ParkedEventOut,
} from "@/api";

const PAGE = 100;
/** Nobody tells when a job has run or an event has gone on. */
const LOOK_AGAIN_MS = 10_000;

export const EVENT_STATUS = ["dead", "waiting", "discarded"] as const;
export type EventStatus = (typeof EVENT_STATUS)[number];
export type Job = JobOut & { id: string };

/** Every background job with its last run; a failed one first. */
export const jobsQuery = queryOptions({
  queryKey: ["background", "jobs"],
  queryFn: async ({ signal }): Promise<Job[]> => {
    const jobs = await data(gatewayListJobs({ signal, throwOnError: true }));
    const named = jobs.map((job) => ({ ...job, id: job.job }));
    return named.sort((a, b) => Number(Boolean(b.last_error)) - Number(Boolean(a.last_error)));
  },
  refetchInterval: LOOK_AGAIN_MS,
});

/** Events that could not be handled, the newest first, page after page. */
export const eventsQuery = (status: EventStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: ["background", "events", status ?? ""],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(status && { status }), ...(pageParam && { cursor: pageParam }) };
      return data(gatewayListParkedEvents({ query, signal, throwOnError: true }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }): ParkedEventOut[] => pages.flatMap((page) => page.items),
    refetchInterval: LOOK_AGAIN_MS,
  });

/** Events that wait for somebody to decide, as far as one page has them. */
export const deadQuery = queryOptions({
  queryKey: ["background", "events", "dead-count"],
  queryFn: ({ signal }) =>
    data(gatewayListParkedEvents({ query: { status: "dead", limit: PAGE }, signal, throwOnError: true })),
  refetchInterval: LOOK_AGAIN_MS,
});

/** One event with what it says. */
export const oneEventQuery = (id: string) =>
  queryOptions({
    queryKey: ["background", "events", "one", id],
    queryFn: ({ signal }) => data(gatewayGetParkedEvent({ path: { parked_id: id }, signal, throwOnError: true })),
    refetchInterval: LOOK_AGAIN_MS,
  });
