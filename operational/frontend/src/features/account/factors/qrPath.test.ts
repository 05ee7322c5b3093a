import { describe, expect, it } from "vitest";
import { qrPath } from "./qrPath";

describe("a QR code", () => {
  it("is one rectangle for each run of dark modules, within its quiet zone", () => {
    expect(
      qrPath([
        [true, true, false],
        [false, false, false],
        [false, true, true],
      ]),
    ).toBe("M4 4h2v1h-2zM5 6h2v1h-2z");
    expect(qrPath([[true, false, true]])).toBe("M4 4h1v1h-1zM6 4h1v1h-1z");
  });
});
