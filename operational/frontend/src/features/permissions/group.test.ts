import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { de, en } from "@/i18n/texts";
import { byModule, countShown, ofShown, withText } from "./group";

const ITEMS = [
  { name: "auth.user.read", scope: "all" },
  { name: "assets.device.read", scope: null },
  { name: "crm.customer.read", scope: "all" },
  { name: "tickets.ticket.read", scope: "team" },
  { name: "tickets.ticket.update", scope: null },
];
const SENTENCES: Record<string, string> = {
  "tickets.ticket.read": "Tickets mit ihrem Verlauf lesen",
  "tickets.ticket.update": "Status und Priorität ändern",
  "auth.user.read": "Mitarbeitende sehen",
  "crm.customer.read": "Kunden sehen",
};
const sentence = (name: string) => SENTENCES[name] ?? name;
const names = (items: ReadonlyArray<{ name: string }>) => items.map(({ name }) => name);

describe("permissions", () => {
  it("are grouped by their service, the daily work first and the unknown last", () => {
    const groups = byModule(ITEMS);
    expect(groups.map(({ module }) => module)).toEqual(["tickets", "crm", "auth", "assets"]);
    expect(names(groups[0]?.items ?? [])).toEqual(["tickets.ticket.read", "tickets.ticket.update"]);
    expect(byModule([])).toEqual([]);
  });

  it("come with what they are about together, and seeing before changing", () => {
    const shuffled = ["tickets.note.create", "tickets.ticket.update", "tickets.note.read", "tickets.ticket.read"];
    expect(names(byModule(shuffled.map((name) => ({ name })))[0]?.items ?? [])).toEqual([
      "tickets.ticket.read",
      "tickets.ticket.update",
      "tickets.note.read",
      "tickets.note.create",
    ]);
    const unknown = ["assets.device.write", "assets.device.read", "assets.device.audit"].map((name) => ({ name }));
    expect(names(byModule(unknown)[0]?.items ?? [])).toEqual([
      "assets.device.read",
      "assets.device.write",
      "assets.device.audit",
    ]);
  });

  it("are found by words of their sentence or name, in any order", () => {
    expect(names(withText(ITEMS, "verlauf TICKETS", sentence))).toEqual(["tickets.ticket.read"]);
    expect(names(withText(ITEMS, "ticket.update", sentence))).toEqual(["tickets.ticket.update"]);
    expect(names(withText(ITEMS, "device", sentence))).toEqual(["assets.device.read"]);
    expect(withText(ITEMS, "  ", sentence)).toHaveLength(ITEMS.length);
    expect(withText(ITEMS, "verlauf kunden", sentence)).toEqual([]);
  });

  it("are told apart by whether they are held", () => {
    expect(names(ofShown(ITEMS, "missing"))).toEqual(["assets.device.read", "tickets.ticket.update"]);
    expect(names(ofShown(ITEMS, "held"))).toHaveLength(3);
    expect(ofShown(ITEMS, "all")).toEqual(ITEMS);
    expect(countShown(ITEMS)).toEqual({ all: 5, held: 3, missing: 2 });
  });

  it("are explained in both languages, every one there is", () => {
    const services = join(process.cwd(), "..");
    const declared = readdirSync(services, { withFileTypes: true })
      .map((folder) => join(services, folder.name, "permissions.py"))
      .flatMap((file) => {
        try {
          return [...readFileSync(file, "utf8").matchAll(/^\s*"([a-z_]+(?:\.[a-z_]+){2})":/gm)].map(
            (found) => found[1],
          );
        } catch {
          return [];
        }
      });
    expect(declared.length).toBeGreaterThan(15);
    for (const texts of [de, en]) {
      const at = (path: string) =>
        path.split(".").reduce<unknown>((tree, key) => (tree as Record<string, unknown>)?.[key], texts.permission);
      for (const name of declared) expect(typeof at(name ?? ""), name).toBe("string");
    }
  });
});
