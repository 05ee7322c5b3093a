import { describe, expect, it } from "vitest";
import { blank, changed, problems, rowsOf, rulesOf, without } from "./groups";

const RULES = [
  { group: "Technik", role: "technician" },
  { group: "Technik", role: "dispatcher" },
];

describe("rules about groups", () => {
  it("are edited row by row, and a group may give several roles", () => {
    const rows = rowsOf(RULES);
    expect(problems(rows).size).toBe(0);
    const [first, second] = rows;
    const edited = changed(rows, first?.key ?? 0, { group: " Leitung ", role: "manager" });
    expect(rulesOf(edited)).toEqual([{ group: "Leitung", role: "manager" }, RULES[1]]);
    expect(rulesOf(without(edited, second?.key ?? 0))).toEqual([{ group: "Leitung", role: "manager" }]);
  });

  it("are none where the only row is empty, and there is always one to write in", () => {
    const rows = rowsOf([]);
    expect([rows.length, rulesOf(rows), problems(rows).size]).toEqual([1, [], 0]);
    expect(without(rows, rows[0]?.key ?? 0)).toHaveLength(1);
  });

  it("say what a row lacks, and which stands there twice", () => {
    const [noGroup, noRole, one, again] = [blank(), blank(), blank(), blank()];
    const rows = [
      { ...noGroup, role: "admin" },
      { ...noRole, group: "x" },
      { ...one, group: "y", role: "vcio" },
      { ...again, group: " y ", role: "vcio" },
    ];
    expect([...problems(rows)]).toEqual([
      [noGroup.key, "noGroup"],
      [noRole.key, "noRole"],
      [again.key, "twice"],
    ]);
  });
});
