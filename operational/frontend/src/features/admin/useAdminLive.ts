import { useLiveQueries } from "@/live/useLiveQueries";

const RECORDS = [
  ["staff"],
  ["service-accounts"],
  ["portal-users"],
  ["user"],
  ["roles"],
  ["rights"],
  ["identity-providers"],
];

/** Reads people and roles anew when somebody changes one. */
export function useAdminLive(): void {
  useLiveQueries("auth.", RECORDS, 300);
}
