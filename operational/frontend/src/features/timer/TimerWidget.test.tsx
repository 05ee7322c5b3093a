import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { serve, show } from "@/testing/show";
import { TimerWidget } from "./TimerWidget";
import { setEnding, useTimerOf } from "./useTimer";

const HERE = "33333333-3333-4333-8333-333333333333";
const THERE = "55555555-5555-4555-8555-555555555555";

function Toggle() {
  const { isMine, toggle } = useTimerOf(HERE);
  return (
    <button type="button" onClick={toggle}>
      {isMine ? "läuft" : "steht"}
    </button>
  );
}

const page = (
  <>
    <Toggle />
    <TimerWidget />
  </>
);
const timerOn = (ticket_id: string, minutes = 10) => ({
  ticket_id,
  number: ticket_id === HERE ? "T000001" : "T000002",
  subject: null,
  started_at: new Date(Date.now() - minutes * 60_000 + 5000).toISOString(),
});

describe("the timer", () => {
  beforeEach(() => setEnding(false));

  it("offers to end the one that runs elsewhere, then starts here", async () => {
    const user = userEvent.setup({ delay: null });
    let running: ReturnType<typeof timerOn> | null = null;
    let isStarted = false;
    const asked = serve(({ method, path }) => {
      if (method === "GET") return { body: { timer: running } };
      if (path.endsWith("/end")) {
        running = null;
        return { status: 201, body: { ticket_id: THERE, minutes: 4 } };
      }
      if (!isStarted) {
        // it was started in another browser meanwhile
        isStarted = true;
        running = timerOn(THERE);
        return { status: 409, body: { code: "timer_running", detail: "runs" } };
      }
      running = timerOn(HERE, 0);
      return { status: 201, body: running };
    });
    await show(page);
    await user.click(await screen.findByRole("button", { name: "steht" }));
    expect(await screen.findByText(/läuft auf T000002/)).toBeInTheDocument();
    const minutes = screen.getByRole("textbox", { name: "Minuten" });
    expect(minutes).toHaveValue("10");
    await user.clear(minutes);
    await user.type(minutes, "4");
    await user.click(screen.getByRole("button", { name: "Eintragen und hier starten" }));
    expect(await screen.findByRole("button", { name: "läuft" })).toBeInTheDocument();
    const end = asked.find(({ path }) => path.endsWith("/timer/end"));
    expect(end?.body).toEqual({ work_type: "remote", minutes: 4 });
    expect(end?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
  });

  it("is discarded only when asked twice", async () => {
    const user = userEvent.setup({ delay: null });
    const asked = serve(({ method }) => (method === "GET" ? { body: { timer: timerOn(HERE) } } : { status: 204 }));
    await show(page);
    await user.click(await screen.findByRole("button", { name: "Stoppuhr beenden" }));
    await user.click(await screen.findByRole("button", { name: "Verwerfen" }));
    expect(asked.some(({ method }) => method === "DELETE")).toBe(false);
    await user.click(screen.getByRole("button", { name: "Wirklich verwerfen?" }));
    await waitFor(() => expect(asked.some(({ method }) => method === "DELETE")).toBe(true));
  });

  it("that was forgotten for over a day can only be discarded", async () => {
    const user = userEvent.setup({ delay: null });
    serve(() => ({ body: { timer: timerOn(HERE, 1500) } }));
    await show(page);
    await user.click(await screen.findByRole("button", { name: "Stoppuhr beenden" }));
    expect(await screen.findByText(/seit über einem Tag/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Zeit eintragen" })).toBeNull();
  });
});
