import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { authListPortalUsers, crmListContacts, data, type UserDetail } from "@/api";
import type { PortalState } from "./state";

const PAGE = 100;
const A_WHILE = 30_000;

/** Portal users by name, page after page. */
export const portalUsersQuery = (text: string | undefined, state: PortalState | undefined) =>
  infiniteQueryOptions({
    queryKey: ["portal-users", "list", text ?? "", state ?? ""],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: PAGE,
        ...(text && { text }),
        ...(state && { state }),
        ...(pageParam && { cursor: pageParam }),
      };
      return data(authListPortalUsers({ query, signal, throwOnError: true }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }): UserDetail[] => pages.flatMap((page) => page.items),
    staleTime: A_WHILE,
  });

/** The portal account of a contact; null where there is none. */
export const portalUserOf = (contactId: string) =>
  queryOptions({
    queryKey: ["portal-users", "of", contactId],
    queryFn: async ({ signal }) => {
      const query = { contact_id: contactId, limit: 1 };
      return (await data(authListPortalUsers({ query, signal, throwOnError: true }))).items[0] ?? null;
    },
    staleTime: A_WHILE,
  });

/** The first contacts with a part of a name, to choose from. */
export const contactsLike = (text: string) =>
  queryOptions({
    queryKey: ["contacts", "pick", text],
    queryFn: async ({ signal }) =>
      (await data(crmListContacts({ query: { limit: 50, ...(text && { text }) }, signal, throwOnError: true }))).items,
    staleTime: 60_000,
  });
