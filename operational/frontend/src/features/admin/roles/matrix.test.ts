import { describe, expect, it } from "vitest";
import type { RoleOut } from "@/api";
import { changes, differsFromShipped, edited, type Given } from "./matrix";
import { roleCode } from "./names";

const BEFORE: Given = { "crm.customer.read": "all", "tickets.ticket.read": "all", "tickets.ticket.update": "team" };

describe("a role's matrix", () => {
  it("shows edits over what is saved", () => {
    const after = edited(BEFORE, {
      "tickets.ticket.read": "own",
      "crm.customer.read": "none",
      "crm.contact.read": "all",
    });
    expect(after).toEqual({ "tickets.ticket.read": "own", "tickets.ticket.update": "team", "crm.contact.read": "all" });
    expect(edited(BEFORE, {})).toEqual(BEFORE);
    expect(edited(BEFORE, { "crm.contact.read": "none" })).toEqual(BEFORE);
  });

  it("tells what would change, and nothing that would not", () => {
    const after = edited(BEFORE, {
      "tickets.ticket.read": "own",
      "crm.customer.read": "none",
      "crm.contact.read": "all",
      "tickets.ticket.update": "team",
    });
    expect(changes(BEFORE, after)).toEqual([
      { name: "crm.contact.read", from: "none", to: "all" },
      { name: "crm.customer.read", from: "all", to: "none" },
      { name: "tickets.ticket.read", from: "all", to: "own" },
    ]);
    expect(changes(BEFORE, edited(BEFORE, {}))).toEqual([]);
  });

  it("keeps what was set when somebody else has changed the role meanwhile", () => {
    const edits = { "tickets.ticket.read": "own" } as const;
    const theirs: Given = { "crm.customer.read": "all", "tickets.ticket.read": "own" };
    expect(changes(theirs, edited(theirs, edits))).toEqual([]);
    expect(edited(theirs, edits)["tickets.ticket.update"]).toBeUndefined();
  });
});

describe("the mark of what differs from how a role came", () => {
  const role = (changed: string[], is_shipped = true) =>
    ({
      id: "1",
      name: "technician",
      description: null,
      is_shipped,
      people: 3,
      permissions: { ...BEFORE },
      changed,
      needs_second_factor: false,
      version: 1,
    }) satisfies RoleOut;
  const one = { name: "crm.customer.read", scopes: ["all" as const], needs_all_customers: false };
  const many = { ...one, name: "tickets.ticket.read", scopes: ["own" as const, "team" as const, "all" as const] };

  it("follows the server where nothing was set", () => {
    expect(differsFromShipped(role([]), one, "all")).toBe(false);
    expect(differsFromShipped(role(["crm.customer.read"]), one, "all")).toBe(true);
  });

  it("comes with an edit, and goes where the edit can only be the way back", () => {
    expect(differsFromShipped(role([]), one, "none")).toBe(true);
    expect(differsFromShipped(role([]), many, "team")).toBe(true);
    expect(differsFromShipped(role(["crm.customer.read"]), one, "none")).toBe(false);
    expect(differsFromShipped(role(["tickets.ticket.read"]), many, "team")).toBe(true);
  });

  it("is none on a company's own role", () => {
    expect(differsFromShipped(role([], false), one, "none")).toBe(false);
  });
});

describe("a new role's name", () => {
  it("becomes what the server takes", () => {
    expect(roleCode("Leitung Süd & Ost")).toBe("leitung_sued_ost");
    expect(roleCode("  2. Stufe ")).toBe("stufe");
    expect(roleCode("Équipe")).toBe("equipe");
    expect(roleCode("!")).toBe("");
    expect(roleCode("x".repeat(60))).toHaveLength(40);
  });
});
