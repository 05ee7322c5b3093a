import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  authGetMail,
  authGetUser,
  authListMail,
  authListPermissions,
  authListRoles,
  authListServiceAccounts,
  authListUserSessions,
  authListUsers,
  data,
  type MailOut,
  type UserOut,
} from "@/api";

const PAGE = 100;
const A_WHILE = 30_000;

/** Staff by name, page after page. */
export const staffQuery = (text: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["staff", text ?? ""],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(text && { text }), ...(pageParam && { cursor: pageParam }) };
      return data(authListUsers({ query, signal, throwOnError: true }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }): UserOut[] => pages.flatMap((page) => page.items),
    staleTime: A_WHILE,
  });

/** Programs that act for themselves, by name. */
export const serviceAccountsQuery = queryOptions({
  queryKey: ["service-accounts"],
  queryFn: async ({ signal }) => (await data(authListServiceAccounts({ signal, throwOnError: true }))).items,
  staleTime: A_WHILE,
});

/** One person with roles and customers. */
export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ["user", id],
    queryFn: ({ signal }) => data(authGetUser({ path: { user_id: id }, signal, throwOnError: true })),
    staleTime: A_WHILE,
  });

/** Where somebody is logged in. */
export const userSessionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["user", id, "sessions"],
    queryFn: async ({ signal }) =>
      (await data(authListUserSessions({ path: { user_id: id }, signal, throwOnError: true }))).items,
  });

/** Every role with what it gives. */
export const rolesQuery = queryOptions({
  queryKey: ["roles"],
  queryFn: async ({ signal }) => (await data(authListRoles({ signal, throwOnError: true }))).items,
  staleTime: A_WHILE,
});

/** Every permission there is; they change with the program only. */
export const permissionsQuery = queryOptions({
  queryKey: ["permissions"],
  queryFn: async ({ signal }) => (await data(authListPermissions({ signal, throwOnError: true }))).items,
  staleTime: Number.POSITIVE_INFINITY,
});

export const MAIL_STATUS = ["stuck", "waiting", "sending", "sent", "discarded"] as const;
export type MailStatus = (typeof MAIL_STATUS)[number];
/** What is on its way changes by itself, and nobody tells. */
const LOOK_AGAIN_MS = 4000;
const isMoving = (mail: MailOut | undefined) => mail?.status === "waiting" || mail?.status === "sending";

/** Mails, the newest first, page after page. */
export const mailQuery = (status: MailStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: ["mail", "list", status ?? ""],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(status && { status }), ...(pageParam && { cursor: pageParam }) };
      return data(authListMail({ query, signal, throwOnError: true }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }): MailOut[] => pages.flatMap((page) => page.items),
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isMoving)) ? LOOK_AGAIN_MS : false,
  });

/** The mails that are stuck, as far as one page has them. */
export const stuckQuery = queryOptions({
  queryKey: ["mail", "stuck"],
  queryFn: ({ signal }) => data(authListMail({ query: { status: "stuck", limit: PAGE }, signal, throwOnError: true })),
});

/** One mail with its text. */
export const oneMailQuery = (id: string) =>
  queryOptions({
    queryKey: ["mail", "one", id],
    queryFn: ({ signal }) => data(authGetMail({ path: { mail_id: id }, signal, throwOnError: true })),
    refetchInterval: ({ state }) => (isMoving(state.data) ? LOOK_AGAIN_MS : false),
  });
