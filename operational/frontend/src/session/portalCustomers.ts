import { queryOptions, useQuery } from "@tanstack/react-query";
import { authListPortalCustomers, data, type PortalCustomerOut } from "@/api";
import { useMe } from "./useSession";

const customersQuery = queryOptions({
  queryKey: ["portal-customers"],
  queryFn: async ({ signal }) => (await data(authListPortalCustomers({ signal, throwOnError: true }))).items,
  staleTime: 5 * 60_000,
});

/** The customers a portal user can act for; none for staff, of whom nobody asks. */
export function usePortalCustomers(): readonly PortalCustomerOut[] {
  const isPortal = useMe().contact_id !== null;
  return useQuery({ ...customersQuery, enabled: isPortal }).data ?? [];
}
