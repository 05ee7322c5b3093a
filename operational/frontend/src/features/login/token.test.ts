import { beforeEach, describe, expect, it } from "vitest";
import { forgetToken, takeToken } from "./token";

const TOKEN = "0123456789abcdef0123456789abcdef.-secret_of-a_link";

describe("the token of a one-time link", () => {
  beforeEach(() => {
    forgetToken();
    window.history.pushState({ from: "elsewhere" }, "", "/set-password");
  });

  it("is taken from the address, which then has it no more", () => {
    window.history.replaceState({ from: "elsewhere" }, "", `/set-password?lang=de#${TOKEN}`);
    const before = window.history.length;
    expect(takeToken()).toBe(TOKEN);
    expect(window.location.hash).toBe("");
    expect(window.location.pathname + window.location.search).toBe("/set-password?lang=de");
    // the same entry of the history, and no other one that still had it
    expect(window.history.length).toBe(before);
    expect(window.history.state).toEqual({ from: "elsewhere" });
  });

  it("stays known while the page is open, and until it is used", () => {
    window.history.replaceState(null, "", `/set-password#${TOKEN}`);
    takeToken();
    expect(takeToken()).toBe(TOKEN);
    forgetToken();
    expect(takeToken()).toBeNull();
  });

  it("is replaced by the one of a newer link", () => {
    window.history.replaceState(null, "", `/set-password#${TOKEN}`);
    takeToken();
    window.history.replaceState(null, "", "/set-password#another.one");
    expect(takeToken()).toBe("another.one");
  });

  it("is missing after a reload", () => {
    expect(takeToken()).toBeNull();
    window.history.replaceState(null, "", "/set-password#");
    expect(takeToken()).toBeNull();
  });
});
