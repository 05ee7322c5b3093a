import { useLiveQueries } from "@/live/useLiveQueries";

const RECORDS = [["customer"], ["customers"], ["contact"], ["contacts"]];

/** Reads customers and contacts anew when somebody changes one. */
export function useCrmLive(): void {
  useLiveQueries("crm.", RECORDS, 500);
}
