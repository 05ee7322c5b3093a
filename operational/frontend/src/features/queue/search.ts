import type { TicketsListTicketsData } from "@/api";

type ApiFilters = NonNullable<TicketsListTicketsData["query"]>;

const STATUS_CATEGORIES = ["new", "open", "paused", "resolved", "closed"] as const;
const STATUSES = [
  "new",
  "open",
  "waiting_customer",
  "waiting_vendor",
  "waiting_internal",
  "resolved",
  "closed",
] as const;
const PRIORITIES = ["p1", "p2", "p3", "p4"] as const;
export const SORTS = ["-opened_at", "opened_at", "priority", "due_at"] as const;
export const DEFAULT_SORT = "-opened_at";
/** What "open" means in lists: everything that is not resolved. */
export const UNRESOLVED: QueueSearch["status_category"] = ["new", "open", "paused"];

/** Filters and order of the queue, as they stand in the address; named like the API's parameters. */
export type QueueSearch = {
  status_category?: Array<(typeof STATUS_CATEGORIES)[number]>;
  status?: Array<(typeof STATUSES)[number]>;
  priority?: Array<(typeof PRIORITIES)[number]>;
  queue?: string[];
  category?: string[];
  customer_id?: string;
  contact_id?: string;
  assignee_id?: string;
  unassigned?: "true";
  opened_from?: string;
  opened_before?: string;
  text?: string;
  sort?: (typeof SORTS)[number];
};

/** Filter values that can be chosen from a fixed list. */
export const CHOICES = { status_category: STATUS_CATEGORIES, status: STATUSES, priority: PRIORITIES } as const;

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function several(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string" && one !== "");
}

function among<T extends string>(value: unknown, allowed: readonly T[]): T[] | undefined {
  const known = several(value).filter((one): one is T => (allowed as readonly string[]).includes(one));
  return known.length > 0 ? known : undefined;
}

function words(value: unknown): string[] | undefined {
  const known = several(value);
  return known.length > 0 ? known : undefined;
}

function uuid(value: unknown): string | undefined {
  return typeof value === "string" && UUID.test(value) ? value : undefined;
}

/** An instant with its zone; a bare day is that day's beginning in the browser's zone. */
function instant(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const moment = new Date(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00` : value);
  return Number.isNaN(moment.getTime()) ? undefined : value;
}

/** Reads the address's search; what is no filter of ours, or no value of it, is left out. */
export function queueSearch(search: Record<string, unknown>): QueueSearch {
  return clean({
    status_category: among(search.status_category, STATUS_CATEGORIES),
    status: among(search.status, STATUSES),
    priority: among(search.priority, PRIORITIES),
    queue: words(search.queue),
    category: words(search.category),
    customer_id: uuid(search.customer_id),
    contact_id: uuid(search.contact_id),
    assignee_id: uuid(search.assignee_id),
    unassigned: search.unassigned === "true" ? "true" : undefined,
    opened_from: instant(search.opened_from),
    opened_before: instant(search.opened_before),
    text: several(search.text)[0]?.slice(0, 200),
    sort: among(search.sort, SORTS)?.[0],
  });
}

/** Without what is undefined, so that two searches are the same when they say the same. */
export function clean(search: QueueSearch): QueueSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as QueueSearch;
}

/** Whether anything but the order narrows the list. */
export function isFiltered(search: QueueSearch): boolean {
  return Object.keys(search).some((key) => key !== "sort");
}

/** The search as the API's filters. */
export function apiFilters({ sort: _, unassigned, opened_from, opened_before, ...rest }: QueueSearch): ApiFilters {
  const zoned = (value: string | undefined) =>
    value && new Date(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00` : value).toISOString();
  return {
    ...rest,
    ...(unassigned && { unassigned: true }),
    ...(opened_from && { opened_from: zoned(opened_from) }),
    ...(opened_before && { opened_before: zoned(opened_before) }),
  };
}
