import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { contactQuery } from "@/features/crm/queries";
import { type QueueSearch, queueSearch } from "@/features/queue/search";

/** The way to a new ticket: for the customer or contact now shown; the queue keeps its filters. */
export function useNewTicketLink(): () => void {
  const router = useRouter();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useCallback(() => {
    const { pathname, search } = router.state.location;
    const [, part = "", id] = pathname.split("/");
    let preset: QueueSearch = {};
    if (part === "tickets") preset = queueSearch(search as Record<string, unknown>);
    if (part === "customers" && id) preset = { customer_id: id };
    if (part === "contacts" && id) {
      const [customer_id] = client.getQueryData(contactQuery(id).queryKey)?.customer_ids ?? [];
      preset = customer_id ? { customer_id, contact_id: id } : {};
    }
    void navigate({ to: "/tickets/new", search: preset });
  }, [router, client, navigate]);
}
