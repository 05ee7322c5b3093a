import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { ErasureOut } from "@/api";
import { de } from "@/i18n/texts";
import { ME, type Sent, serve, show } from "@/testing/show";
import { PersonDataBlock } from "./PersonDataBlock";

const WHOSE = { kind: "contact", id: "55555555-5555-4555-8555-555555555555", name: "Eva Kern" } as const;
const MAY = [...ME.permissions, "auth.person_data.erase"];
const REPORT: ErasureOut = {
  is_dry_run: true,
  pseudonym: "Person 1a2b3c4d",
  subjects: [`contact:${WHOSE.id}`],
  lines: [
    {
      table: "tickets.message",
      title_de: "Nachrichten und Notizen",
      title_en: "Messages and notes",
      erased: 0,
      replaced: 3,
      kept: 1,
      why_de: "Geschäftsbriefe: sechs Jahre",
      why_en: "business letters: six years",
      until: "2032-12-31",
    },
  ],
  shared: 1,
  documents: [],
  refused: null,
};

function server(report: ErasureOut): Sent[] {
  return serve((sent) => (sent.path.endsWith("/erasure") ? { body: report } : undefined));
}

async function open(report: ErasureOut) {
  const asked = server(report);
  const user = userEvent.setup();
  await show(<PersonDataBlock whose={WHOSE} />, MAY);
  await user.click(await screen.findByRole("button", { name: de.personData.erase }));
  return { asked, user };
}

describe("the erasure of a person", () => {
  it("is looked at first, and done once the name has been typed", async () => {
    const { asked, user } = await open(REPORT);
    const row = await screen.findByRole("row", { name: /Nachrichten und Notizen/ });
    expect(row).toHaveTextContent("31.12.2032");
    expect(asked.map((sent) => sent.body)).toEqual([{ is_dry_run: true }]);
    const now = screen.getByRole("button", { name: de.personData.eraseNow });
    expect(now).toBeDisabled();
    await user.type(screen.getByRole("textbox"), "Eva Ker");
    expect(now).toBeDisabled();
    await user.type(screen.getByRole("textbox"), "n");
    await user.click(now);
    expect(await screen.findByText(/heißt jetzt Person 1a2b3c4d/)).toBeInTheDocument();
    expect(asked[1]?.path).toBe(`/api/auth/contacts/${WHOSE.id}/erasure`);
    expect(asked[1]?.body).toEqual({ is_dry_run: false, confirm: "Eva Kern" });
  });

  it("says what stands against it, and offers no more than that", async () => {
    await open({ ...REPORT, refused: "still_active" });
    expect(await screen.findByText(de.personData.refused.still_active)).toBeInTheDocument();
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.getByRole("button", { name: de.personData.eraseNow })).toBeDisabled();
  });

  it("is offered to nobody who may not", async () => {
    server(REPORT);
    await show(<PersonDataBlock whose={WHOSE} />, ME.permissions);
    expect(screen.queryByText(de.personData.title)).toBeNull();
  });
});
