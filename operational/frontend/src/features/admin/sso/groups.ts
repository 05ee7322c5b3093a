import type { GroupRoleOut } from "@/api";

/** Who is in the group at the provider holds the role here; `key` is the row's own, whatever is typed in it. */
export type Row = GroupRoleOut & { key: number };
export type RowProblem = "noGroup" | "noRole" | "twice";

let last = 0;
const numbered = (rule: GroupRoleOut): Row => {
  last += 1;
  return { ...rule, key: last };
};

/** Rows to be edited; one that is empty where there are none. */
export function rowsOf(rules: readonly GroupRoleOut[]): Row[] {
  return rules.length > 0 ? rules.map(numbered) : [blank()];
}

/** One more row, with the group and role left to be filled in. */
export function blank(): Row {
  return numbered({ group: "", role: "" });
}

/** The rows with a value of one changed. */
export function changed(rows: readonly Row[], key: number, values: Partial<GroupRoleOut>): Row[] {
  return rows.map((row) => (row.key === key ? { ...row, ...values } : row));
}

/** The rows without one; the last one is emptied instead. */
export function without(rows: readonly Row[], key: number): Row[] {
  const rest = rows.filter((row) => row.key !== key);
  return rest.length > 0 ? rest : [blank()];
}

const isBlank = ({ group, role }: GroupRoleOut) => group.trim() === "" && role === "";

/** What is wrong with rows, by key; one that is wholly empty is left out of what is sent, and not wrong. */
export function problems(rows: readonly Row[]): ReadonlyMap<number, RowProblem> {
  const found = new Map<number, RowProblem>();
  const seen = new Set<string>();
  for (const row of rows) {
    if (isBlank(row)) continue;
    const same = JSON.stringify([row.group.trim(), row.role]);
    if (row.group.trim() === "") found.set(row.key, "noGroup");
    else if (row.role === "") found.set(row.key, "noRole");
    else if (seen.has(same)) found.set(row.key, "twice");
    seen.add(same);
  }
  return found;
}

/** The rules as they are sent. */
export function rulesOf(rows: readonly Row[]): GroupRoleOut[] {
  return rows.filter((row) => !isBlank(row)).map(({ group, role }) => ({ group: group.trim(), role }));
}
