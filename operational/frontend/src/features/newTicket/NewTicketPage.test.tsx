import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { ME, type Sent, serve, show } from "@/testing/show";
import { NewTicketPage } from "./NewTicketPage";

const CUSTOMER = "44444444-4444-4444-8444-444444444444";
const AT = `/tickets/new?customer_id=${CUSTOMER}`;
const customer = { id: CUSTOMER, name: "Kanzlei Beck", city: "Bonn", version: 1 };

function server(create: (sent: Sent) => { status: number; body: unknown }) {
  return serve((sent) => {
    if (sent.method === "POST") return create(sent);
    if (sent.path === `/api/crm/customers/${CUSTOMER}`) return { body: customer };
    if (sent.path.startsWith("/api/tickets/facets")) return { body: { queues: [], categories: [] } };
    return { body: { items: [], next_cursor: null } };
  });
}
const subject = () => screen.findByRole("textbox", { name: "Betreff" });

describe("a new ticket", () => {
  beforeEach(() => localStorage.clear());

  it("asks for what must be there, for the customer the list was narrowed to", async () => {
    const user = userEvent.setup({ delay: null });
    const asked = server(() => ({ status: 201, body: { id: "33333333-3333-4333-8333-333333333333", version: 1 } }));
    await show(<NewTicketPage />, ME.permissions, AT);
    await user.click(await screen.findByRole("button", { name: "Ticket eröffnen" }));
    expect(await screen.findByText("Bitte ausfüllen.")).toBeInTheDocument();
    expect(asked.some(({ method }) => method === "POST")).toBe(false);
    await user.type(await subject(), "Drucker streikt{Control>}{Enter}{/Control}");
    expect(await screen.findByTestId("elsewhere")).toBeInTheDocument();
    const made = asked.find(({ method }) => method === "POST");
    expect(made?.body).toMatchObject({ customer_id: CUSTOMER, subject: "Drucker streikt", priority: "p3" });
    expect(made?.headers.get("Idempotency-Key")).toBeTruthy();
    expect(localStorage.getItem(`psa-draft:${ME.id}:new`)).toBeNull();
  });

  it("shows at a field what the server has against it, and keeps the draft", async () => {
    const user = userEvent.setup({ delay: null });
    const errors = [{ field: "subject", message: "zu bunt" }];
    server(() => ({ status: 422, body: { code: "invalid_payload", detail: "see errors", errors } }));
    await show(<NewTicketPage />, ME.permissions, AT);
    await user.type(await subject(), "Drucker{Control>}{Enter}{/Control}");
    await waitFor(async () => expect(await subject()).toHaveAccessibleDescription("zu bunt"));
    expect(await subject()).toHaveValue("Drucker");
    expect(localStorage.getItem(`psa-draft:${ME.id}:new`)).toContain("Drucker");
  });

  it("is refused to those who may not", async () => {
    server(() => ({ status: 403, body: {} }));
    await show(<NewTicketPage />, ["tickets.ticket.read"], AT);
    expect(await screen.findByText(/fehlt Ihnen das Recht/)).toBeInTheDocument();
  });
});
