import { EVENT_STATUS, type EventStatus } from "./background/queries";
import { PORTAL_STATES, type PortalState } from "./portal/state";
import { MAIL_STATUS, type MailStatus } from "./queries";

export type StaffSearch = { text?: string; part?: "rights" };
export type MailSearch = { state?: MailStatus };
export type PortalSearch = { text?: string; access?: PortalState };

/** What of the list of staff stands in the address: a part of the name, and which part of a person is shown. */
export function staffSearch({ text, part }: Record<string, unknown>): StaffSearch {
  return {
    text: typeof text === "string" && text !== "" ? text : undefined,
    part: part === "rights" ? part : undefined,
  };
}

/** What of the list of portal users stands in the address: a part of the name or address, and how far they are. */
export function portalSearch({ text, access }: Record<string, unknown>): PortalSearch {
  return {
    text: typeof text === "string" && text !== "" ? text : undefined,
    access: PORTAL_STATES.find((one) => one === access),
  };
}

/** What of the list of events stands in the address. */
export function eventsSearch({ handling }: Record<string, unknown>): { handling?: EventStatus } {
  return { handling: EVENT_STATUS.find((status) => status === handling) };
}

/** What of the list of mail stands in the address. */
export function mailSearch({ state }: Record<string, unknown>): MailSearch {
  return { state: MAIL_STATUS.find((status) => status === state) };
}
