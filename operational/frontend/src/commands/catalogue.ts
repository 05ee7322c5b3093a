import { currentLanguage } from "@/i18n";

/**
 * Every command of the desk: its keys and where it belongs. Names are the texts `commands.<id>` in both languages; what a
 * command does is registered by the part of the page that can do it (`useCommand`).
 */
export const CATALOGUE = {
  "app.palette": { keys: "$mod+k", group: "app" },
  "app.keys": { keys: "?", group: "app" },
  "app.newTicket": { keys: "c", group: "app" },
  "app.language": { keys: null, group: "app" },
  "app.theme": { keys: null, group: "app" },
  "app.contrast": { keys: null, group: "app" },
  "app.logout": { keys: null, group: "app" },
  "go.tickets": { keys: "g t", group: "go" },
  "go.unresolved": { keys: "g o", group: "go" },
  "go.mine": { keys: "g m", group: "go" },
  "go.customers": { keys: "g k", group: "go" },
  "go.contacts": { keys: "g p", group: "go" },
  "go.account": { keys: null, group: "go" },
  "go.permissions": { keys: null, group: "go" },
  "go.dashboards": { keys: "g d", group: "go" },
  "go.staff": { keys: null, group: "go" },
  "go.newStaff": { keys: null, group: "go" },
  "go.serviceAccounts": { keys: null, group: "go" },
  "go.newServiceAccount": { keys: null, group: "go" },
  "go.portalUsers": { keys: null, group: "go" },
  "go.newPortalUser": { keys: null, group: "go" },
  "go.roles": { keys: null, group: "go" },
  "go.newRole": { keys: null, group: "go" },
  "go.identityProviders": { keys: null, group: "go" },
  "go.newIdentityProvider": { keys: null, group: "go" },
  "go.mail": { keys: null, group: "go" },
  "go.background": { keys: null, group: "go" },
  "list.next": { keys: "j", group: "list" },
  "list.previous": { keys: "k", group: "list" },
  "list.open": { keys: "Enter", group: "list" },
  "list.filter": { keys: "/", group: "list" },
  "list.clearFilters": { keys: "x", group: "list" },
  "list.saveView": { keys: null, group: "list" },
  "list.copy": { keys: "y", group: "list" },
  "list.export": { keys: null, group: "list" },
  "page.back": { keys: "Escape", group: "list" },
  "ticket.reply": { keys: "r", group: "ticket" },
  "ticket.note": { keys: "n", group: "ticket" },
  "ticket.assign": { keys: "a", group: "ticket" },
  "ticket.assignMe": { keys: "i", group: "ticket" },
  "ticket.status": { keys: "s", group: "ticket" },
  "ticket.resolve": { keys: null, group: "ticket" },
  "ticket.priority": { keys: "p", group: "ticket" },
  "ticket.timer": { keys: "t", group: "ticket" },
  "ticket.addTime": { keys: "w", group: "ticket" },
} as const satisfies Record<string, { keys: string | null; group: string }>;

export type CommandId = keyof typeof CATALOGUE;
export const GROUPS = ["app", "go", "list", "ticket"] as const;

/** What keyboards of a language call these keys. */
const KEY_NAMES = { de: { control: "Strg", enter: "Eingabe" }, en: { control: "Ctrl", enter: "Enter" } } as const;

/** The keys of a command as a person reads them ("Ctrl K", "g t"); empty when it has none. */
export function keysText(id: CommandId): string {
  const keys = CATALOGUE[id].keys ?? "";
  const mac = navigator.userAgent.includes("Mac");
  const { control, enter } = KEY_NAMES[currentLanguage()];
  return keys
    .replace("$mod+k", mac ? "⌘ K" : `${control} K`)
    .replace("Escape", "Esc")
    .replace("Enter", enter);
}
