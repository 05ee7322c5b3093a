import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOGUE, GROUPS } from "@/commands/catalogue";
import { de, en } from "./texts";

type Tree = { [key: string]: string | Tree };

function keys(tree: Tree, prefix = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [`${prefix}${key}`] : keys(value, `${prefix}${key}.`),
  );
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes("generated") && !file.includes(".test."))
    .map((file) => readFileSync(join(folder, file), "utf8"));
}

const german = new Set(keys(de as unknown as Tree));

describe("texts", () => {
  it("are the same in both languages", () => {
    expect(keys(en as unknown as Tree).sort()).toEqual([...german].sort());
  });

  it("have the same values to fill in", () => {
    const values = (text: string) => (text.match(/\{\{[^}]+\}\}/g) ?? []).sort();
    const english = Object.fromEntries(flat(en as unknown as Tree));
    for (const [key, text] of flat(de as unknown as Tree))
      expect(values(english[key] ?? ""), key).toEqual(values(text));
  });

  it("exist for every fixed key in the source, with plurals", () => {
    const used = sources("src").flatMap((text) =>
      [...text.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((match) => match[1] ?? ""),
    );
    const missing = used.filter((key) => !german.has(key) && !german.has(`${key}_other`));
    expect(missing).toEqual([]);
  });

  it("name every command and group", () => {
    for (const id of Object.keys(CATALOGUE)) expect(german.has(`commands.${id}`), id).toBe(true);
    for (const group of GROUPS) expect(german.has(`keys.${group}`), group).toBe(true);
  });
});

function flat(tree: Tree, prefix = ""): Array<[string, string]> {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${prefix}${key}`, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
}
