import { MAIL_STATUS, type MailStatus } from "./queries";

export type StaffSearch = { text?: string; part?: "rights" };
export type MailSearch = { state?: MailStatus };

/** What of the list of staff stands in the address: a part of the name, and which part of a person is shown. */
export function staffSearch({ text, part }: Record<string, unknown>): StaffSearch {
  return {
    text: typeof text === "string" && text !== "" ? text : undefined,
    part: part === "rights" ? part : undefined,
  };
}

/** What of the list of mail stands in the address. */
export function mailSearch({ state }: Record<string, unknown>): MailSearch {
  return { state: MAIL_STATUS.find((status) => status === state) };
}
