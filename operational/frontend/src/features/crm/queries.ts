import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  type ContactOut,
  type CustomerOut,
  crmGetContact,
  crmGetCustomer,
  crmListContacts,
  crmListContracts,
  crmListCustomers,
  crmListSites,
  data,
} from "@/api";

const PAGE = 100;

/** One customer. */
export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: ["customer", id],
    queryFn: ({ signal }) => data(crmGetCustomer({ path: { customer_id: id }, signal, throwOnError: true })),
    staleTime: 30_000,
  });

/** Customers by name, page after page. */
export const customersQuery = (text: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["customers", "list", text ?? ""],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(text && { text }), ...(pageParam && { cursor: pageParam }) };
      return data(crmListCustomers({ query, signal, throwOnError: true }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }): CustomerOut[] => pages.flatMap((page) => page.items),
    staleTime: 30_000,
  });

/** Contacts by name, page after page. */
export const contactsQuery = (text: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["contacts", "list", text ?? ""],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(text && { text }), ...(pageParam && { cursor: pageParam }) };
      return data(crmListContacts({ query, signal, throwOnError: true }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }): ContactOut[] => pages.flatMap((page) => page.items),
    staleTime: 30_000,
  });

/** The first customers with a part of a name, to choose from. */
export const customersLike = (text: string) =>
  queryOptions({
    queryKey: ["customers", "pick", text],
    queryFn: async ({ signal }) =>
      (await data(crmListCustomers({ query: { limit: 50, ...(text && { text }) }, signal, throwOnError: true }))).items,
    staleTime: 60_000,
  });

/** Names of the first thousand customers by id; a name that is missing is asked for on its own page. */
export const customerNames = queryOptions({
  queryKey: ["customers", "names"],
  queryFn: async ({ signal }) => {
    const names = new Map<string, string>();
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor && { cursor }) };
      const page: { items: CustomerOut[]; next_cursor: string | null } = await data(
        crmListCustomers({ query, signal, throwOnError: true }),
      );
      for (const customer of page.items) names.set(customer.id, customer.name);
      cursor = page.next_cursor;
    } while (cursor !== null && names.size < 1000);
    return names;
  },
  staleTime: 5 * 60_000,
});

const OFTEN_ENOUGH = 5 * 60_000;

/** Contacts of a customer; `text` is a part of the name. */
export const contactsOf = (customerId: string, text = "") =>
  queryOptions({
    queryKey: ["contacts", "of", customerId, text],
    queryFn: async ({ signal }) => {
      const query = { customer_id: customerId, limit: 200, ...(text && { text }) };
      return (await data(crmListContacts({ query, signal, throwOnError: true }))).items;
    },
    staleTime: OFTEN_ENOUGH,
  });

/** One contact. */
export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ["contact", id],
    queryFn: ({ signal }) => data(crmGetContact({ path: { contact_id: id }, signal, throwOnError: true })),
    staleTime: 30_000,
  });

/** Sites of a customer. */
export const sitesOf = (customerId: string) =>
  queryOptions({
    queryKey: ["sites", "of", customerId],
    queryFn: async ({ signal }) =>
      (await data(crmListSites({ query: { customer_id: customerId, limit: 200 }, signal, throwOnError: true }))).items,
    staleTime: OFTEN_ENOUGH,
  });

/** Contracts of a customer, the latest first; only for those who may see fees. */
export const contractsOf = (customerId: string) =>
  queryOptions({
    queryKey: ["contracts", "of", customerId],
    queryFn: async ({ signal }) => {
      const query = { customer_id: customerId, limit: 200 };
      const { items } = await data(crmListContracts({ query, signal, throwOnError: true }));
      return items.sort((one, other) => other.starts_on.localeCompare(one.starts_on));
    },
    staleTime: OFTEN_ENOUGH,
  });
