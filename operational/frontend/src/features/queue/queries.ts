import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import {
  authListUsers,
  data,
  type TicketRow,
  ticketsGetTicketCount,
  ticketsListFacets,
  ticketsListTickets,
} from "@/api";
import { apiFilters, DEFAULT_SORT, type QueueSearch } from "./search";

export const PAGE = 100;

/** Rows `page * PAGE` and following of the queue. */
export const pageQuery = (search: QueueSearch, page: number) =>
  queryOptions({
    queryKey: ["tickets", "page", search, page],
    queryFn: async ({ signal }): Promise<TicketRow[]> => {
      const query = { ...apiFilters(search), sort: search.sort ?? DEFAULT_SORT, limit: PAGE, offset: page * PAGE };
      return (await data(ticketsListTickets({ query, signal, throwOnError: true }))).items;
    },
    staleTime: 30_000,
    gcTime: 60_000,
  });

/** How many tickets the filters leave; the former number stays until the new one is there. */
export const countQuery = ({ sort: _, ...search }: QueueSearch) =>
  queryOptions({
    queryKey: ["tickets", "count", search],
    queryFn: async ({ signal }) =>
      (await data(ticketsGetTicketCount({ query: apiFilters(search), signal, throwOnError: true }))).count,
    placeholderData: keepPreviousData,
  });

/** Queues and categories in use. */
export const facetsQuery = queryOptions({
  queryKey: ["tickets", "facets"],
  queryFn: ({ signal }) => data(ticketsListFacets({ signal, throwOnError: true })),
  staleTime: 5 * 60_000,
});

/** The staff. */
export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: async ({ signal }) =>
    (await data(authListUsers({ query: { limit: 200 }, signal, throwOnError: true }))).items,
  staleTime: 10 * 60_000,
});
