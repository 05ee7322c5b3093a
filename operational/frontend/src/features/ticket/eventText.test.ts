import { beforeEach, describe, expect, it } from "vitest";
import type { EventOut } from "@/api";
import { i18n } from "@/i18n";
import { alsoText, eventText } from "./eventText";

const event = (values: Partial<EventOut>): EventOut => ({
  id: "e",
  seq: 1,
  occurred_at: "2026-11-25T15:51:50Z",
  kind: "updated",
  actor_kind: "staff",
  actor_id: "anna",
  actor_name: "Anna Beck",
  is_public: null,
  changed: [],
  is_reopening: false,
  status: "open",
  status_category: "open",
  priority: "p3",
  impact: null,
  urgency: null,
  category: null,
  subcategory: null,
  queue: "Service Desk",
  assignee_id: null,
  assignee_name: null,
  pause_reason: null,
  body: null,
  ...values,
});
const before = event({ status: "new" });
const told = (values: Partial<EventOut>) => eventText(i18n.t, event(values), before, "mail");

describe("an event as a sentence", () => {
  beforeEach(() => i18n.changeLanguage("de"));

  it("tells all that changed at once", () => {
    const values = { changed: ["status", "assignee_ref"], assignee_id: "anna", assignee_name: "Anna Beck" };
    expect(told(values)).toBe("Anna Beck hat das Ticket übernommen und den Status von „Neu“ auf „In Arbeit“ geändert.");
  });

  it("says the same in English", async () => {
    await i18n.changeLanguage("en");
    const values = { changed: ["priority", "assignee_ref"], priority: "p1", assignee_id: "bo", assignee_name: "Bo" };
    expect(told(values)).toMatch(/^Anna Beck assigned the ticket to Bo and changed the priority from “.+” to “.+”\.$/);
  });

  it("has words of its own for what happens often", () => {
    expect(told({ changed: ["status"], status: "resolved" })).toBe("Anna Beck hat das Ticket gelöst.");
    expect(told({ changed: ["status"], is_reopening: true })).toContain("wieder geöffnet");
    expect(told({ changed: ["assignee_ref"] })).toBe("Anna Beck hat die Zuweisung aufgehoben.");
    expect(told({ changed: ["time_entry"] })).toBe("Anna Beck hat Zeit eingetragen.");
    expect(told({ changed: ["contact_id"] })).toBe("Anna Beck hat den Kontakt geändert.");
    expect(told({ changed: ["queue"], queue: null })).toBe("Anna Beck hat die Queue entfernt.");
  });

  it("names who did it even where nobody has a name", () => {
    const machine = { actor_kind: "system", actor_name: null, changed: ["status"], status: "closed" };
    expect(told(machine)).toBe("Das System hat das Ticket geschlossen.");
    expect(told({ actor_kind: "oracle", actor_name: null })).toBe("Jemand hat das Ticket geändert.");
  });

  it("tells how a ticket came in, also by a way we do not know", () => {
    expect(told({ kind: "created" })).toBe("Anna Beck hat das Ticket per E-Mail eröffnet");
    expect(eventText(i18n.t, event({ kind: "created" }), undefined, "pigeon")).toBe(
      "Anna Beck hat das Ticket eröffnet",
    );
    expect(eventText(i18n.t, event({ kind: "created" }), undefined, null)).toBe("Anna Beck hat das Ticket eröffnet");
  });

  it("adds to a message only what it changed besides", () => {
    expect(alsoText(i18n.t, event({ kind: "reply", body: "x" }), before)).toBeNull();
    const reply = event({ kind: "reply", body: "x", changed: ["status"], status: "resolved" });
    expect(alsoText(i18n.t, reply, before)).toBe("Dabei das Ticket gelöst.");
  });
});
