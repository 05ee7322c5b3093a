import { describe, expect, it } from "vitest";
import { linkParts } from "./links";

const HERE = "https://desk.example.test";

describe("addresses in a text", () => {
  it("become links, and the rest stays text", () => {
    const text = `Hallo Anna,\n\nhier:\n\n${HERE}/set-password#ab.c-d_e\n\nSie gilt einmal.`;
    const parts = linkParts(text, HERE);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    expect(parts.filter((part) => part.href)).toEqual([
      { text: `${HERE}/set-password#ab.c-d_e`, href: `${HERE}/set-password#ab.c-d_e`, isOurs: true },
    ]);
  });

  it("do not take the end of a sentence or a bracket along", () => {
    const parts = linkParts("Siehe (http://other.test/a), oder http://other.test/b.", HERE);
    expect(parts.flatMap((part) => part.href ?? [])).toEqual(["http://other.test/a", "http://other.test/b"]);
    expect(parts.some((part) => part.isOurs)).toBe(false);
  });

  it("are ours by the whole origin only", () => {
    const [part] = linkParts(`${HERE}.evil.test/set-password`, HERE);
    expect(part?.isOurs).toBe(false);
    expect(linkParts("javascript:alert(1)", HERE)).toEqual([{ text: "javascript:alert(1)" }]);
  });
});
