import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { ME, serve, show } from "@/testing/show";
import { Composer } from "./Composer";
import type { Ticket } from "./useTicket";

const ID = "33333333-3333-4333-8333-333333333333";
const ticket: Ticket = {
  id: ID,
  number: "T000007",
  subject: "Drucker",
  customer_id: "44444444-4444-4444-8444-444444444444",
  contact_id: null,
  status: "open",
  status_category: "open",
  priority: "p3",
  category: null,
  queue: null,
  assignee_id: null,
  contact_name: "Uwe Tönnies",
  opened_at: "2026-11-25T15:51:50Z",
  first_response_at: null,
  resolved_at: null,
  closed_at: null,
  reopen_count: 0,
  version: 4,
};
const field = () => screen.findByRole("textbox", { name: "Antwort schreiben …" });

describe("the composer", () => {
  beforeEach(() => localStorage.clear());

  it("keeps text and key of a reply that could not be sent", async () => {
    const user = userEvent.setup({ delay: null });
    let isAway = true;
    const asked = serve(({ method }) => {
      if (method === "POST" && isAway) throw new TypeError("network");
      return { status: 201, body: { ...ticket, version: 5 } };
    });
    await show(<Composer ticket={ticket} />);
    await user.type(await field(), "Wir sind dran.{Control>}{Enter}{/Control}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Ihr Text ist noch da.");
    expect(await field()).toHaveValue("Wir sind dran.");
    expect(localStorage.getItem(`psa-draft:${ME.id}:${ID}`)).toContain("Wir sind dran.");
    isAway = false;
    await user.click(screen.getByRole("button", { name: "Senden" }));
    await waitFor(async () => expect(await field()).toHaveValue(""));
    const replies = asked.filter(({ path }) => path.endsWith("/reply"));
    expect(replies).toHaveLength(2);
    expect(replies[0]?.headers.get("Idempotency-Key")).toBe(replies[1]?.headers.get("Idempotency-Key"));
    expect(replies[1]?.body).toEqual({ body: "Wir sind dran." });
  });

  it("has a new key for another text", async () => {
    const user = userEvent.setup({ delay: null });
    const asked = serve(() => ({ status: 503, body: { code: "busy", detail: "busy" } }));
    await show(<Composer ticket={ticket} />);
    await user.type(await field(), "Eins{Control>}{Enter}{/Control}");
    await screen.findByRole("alert");
    await user.type(await field(), "Zwei{Control>}{Enter}{/Control}");
    await waitFor(() => expect(asked.filter(({ path }) => path.endsWith("/reply"))).toHaveLength(2));
    const keys = asked.filter(({ method }) => method === "POST").map(({ headers }) => headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(2);
  });

  it("sends with a status, and notes to nobody outside", async () => {
    const user = userEvent.setup({ delay: null });
    const asked = serve(() => ({ status: 201, body: { ...ticket, version: 5 } }));
    await show(<Composer ticket={ticket} />);
    await user.type(await field(), "Erledigt.");
    await user.click(screen.getByRole("button", { name: "Weitere Arten zu senden" }));
    await user.click(await screen.findByRole("menuitem", { name: "Senden und lösen" }));
    await waitFor(() => expect(asked.at(0)?.body).toEqual({ body: "Erledigt.", status: "resolved" }));
    await user.click(screen.getByRole("radio", { name: "Notiz" }));
    await user.type(await screen.findByRole("textbox", { name: "Interne Notiz schreiben …" }), "Nur wir");
    await user.click(screen.getByRole("button", { name: "Notiz speichern" }));
    await waitFor(() => expect(asked.filter(({ path }) => path.endsWith("/note"))).toHaveLength(1));
  });

  it("takes up the draft of the last time", async () => {
    localStorage.setItem(`psa-draft:${ME.id}:${ID}`, JSON.stringify({ mode: "reply", reply: "Halb fertig" }));
    serve(() => undefined);
    await show(<Composer ticket={ticket} />);
    expect(await field()).toHaveValue("Halb fertig");
  });

  it("is not there for those who may only read", async () => {
    serve(() => undefined);
    await show(<Composer ticket={ticket} />, ["tickets.ticket.read"]);
    expect(screen.queryByRole("region", { name: "Antworten" })).toBeNull();
  });
});
