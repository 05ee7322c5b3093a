import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { TicketDetail } from "@/api";
import { ME, serve, show } from "@/testing/show";
import { useTicket } from "./useTicket";
import { useTicketChange } from "./useTicketChange";

const ID = "33333333-3333-4333-8333-333333333333";
const ticket = (values: Partial<TicketDetail>) => ({
  id: ID,
  number: "T000007",
  subject: "Drucker",
  customer_id: "c",
  status: "open",
  status_category: "open",
  priority: "p3",
  assignee_id: null,
  assignee_name: null,
  reopen_count: 0,
  version: 4,
  clocks: [],
  ...values,
});

function Page() {
  const { ticket: found } = useTicket(ID);
  const actions = useTicketChange(ID);
  if (!found) return null;
  return (
    <>
      <p data-testid="shown">{`${found.status} ${found.assignee_name ?? "niemand"} ${found.version}`}</p>
      <button type="button" onClick={() => actions.assign(ME.id, ME.name)}>
        nehmen
      </button>
    </>
  );
}

/** A desk whose ticket somebody else has changed since it was read. */
function contested(fresh: Partial<TicketDetail>) {
  let isRead = false;
  let now = ticket({ ...fresh, version: 6 });
  const asked = serve(({ method, path, headers }) => {
    if (path.includes("/events")) return { body: { items: [], next_after: null } };
    if (path.startsWith("/api/auth/users")) return { body: { items: [], next_cursor: null } };
    if (method === "GET") {
      const shown = isRead ? now : ticket({});
      isRead = true;
      return { body: shown };
    }
    if (headers.get("If-Match") !== `"${now.version}"`)
      return { status: 412, body: { code: "stale", detail: "stale" } };
    now = ticket({ ...now, assignee_id: ME.id, assignee_name: ME.name, version: 7 });
    return { body: now };
  });
  return asked;
}

describe("a change of a ticket", () => {
  it("that a colleague's other change came before is made all the same", async () => {
    const user = userEvent.setup({ delay: null });
    contested({ status: "waiting_customer" });
    await show(<Page />);
    await user.click(await screen.findByRole("button", { name: "nehmen" }));
    await waitFor(() => expect(screen.getByTestId("shown")).toHaveTextContent("waiting_customer Anna Beck 7"));
  });

  it("of a value a colleague has just changed is taken back and told", async () => {
    const user = userEvent.setup({ delay: null });
    const asked = contested({ assignee_id: "bo", assignee_name: "Bo" });
    await show(<Page />);
    await user.click(await screen.findByRole("button", { name: "nehmen" }));
    expect(await screen.findByText(/Jemand anderes hat inzwischen geändert/)).toBeInTheDocument();
    await waitFor(() => expect(screen.getByTestId("shown")).toHaveTextContent("open Bo 6"));
    expect(asked.filter(({ method }) => method === "POST")).toHaveLength(1);
  });
});
