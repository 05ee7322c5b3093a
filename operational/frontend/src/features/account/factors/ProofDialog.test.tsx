import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/api";
import { ME, serve, show } from "@/testing/show";
import { type Proof, ProofDialog } from "./ProofDialog";

const PROVIDER = "55555555-5555-4555-8555-555555555555";

async function ask(run: (proof: Proof) => Promise<string>, me: Partial<typeof ME> = {}) {
  serve(() => ({ body: {} }));
  const onDone = vi.fn();
  const dialog = (
    <ProofDialog title="Neu" text="…" action="Weiter" run={run} onDone={onDone} onClose={() => undefined} />
  );
  await show(dialog, ME.permissions, "/tickets/new", me);
  return onDone;
}

describe("a proof that it is the person", () => {
  it("is the password of whom has one", async () => {
    const user = userEvent.setup({ delay: null });
    const run = vi.fn(async () => "made");
    const onDone = await ask(run);
    await user.click(await screen.findByRole("button", { name: "Weiter" }));
    expect(await screen.findByText("Bitte ausfüllen.")).toBeInTheDocument();
    expect(run).not.toHaveBeenCalled();
    await user.type(screen.getByLabelText(/Jetziges Kennwort/), "geheim{Enter}");
    await waitFor(() => expect(onDone).toHaveBeenCalled());
    expect(run).toHaveBeenCalledWith({ current_password: "geheim" }, expect.anything());
  });

  it("is a fresh log-in of whom has none, who is led to where it is made", async () => {
    const user = userEvent.setup({ delay: null });
    const run = vi.fn(async (): Promise<string> => {
      throw new ApiProblem(403, "login_too_old", "log in anew");
    });
    await ask(run, { has_password: false, login_provider_id: PROVIDER });
    expect(screen.queryByLabelText(/Kennwort/)).toBeNull();
    await user.click(await screen.findByRole("button", { name: "Weiter" }));
    const link = await screen.findByRole("link", { name: "Neu anmelden" });
    expect(link).toHaveAttribute("href", `/api/auth/sso/${PROVIDER}/start?next=%2Faccount&again=true`);
    expect(run).toHaveBeenCalledWith({}, expect.anything());
  });
});
