import { afterEach, describe, expect, it, vi } from "vitest";
import { answerWithPasskey, bytesOf, isAddress, namedOrigin, textOf } from "./passkeys";

describe("passkeys", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("need a name, not an address", () => {
    expect(["127.0.0.1", "192.168.1.20", "[::1]"].map(isAddress)).toEqual([true, true, true]);
    expect(["localhost", "desk.example.org", "10.example.org"].map(isAddress)).toEqual([false, false, false]);
  });

  it("are offered under this computer's name where there is one", () => {
    const at = (hostname: string, port = "8000") => namedOrigin({ hostname, protocol: "http:", port } as Location);
    expect(at("127.0.0.1")).toBe("http://localhost:8000");
    expect(at("[::1]", "")).toBe("http://localhost");
    expect(at("192.168.1.20")).toBeNull();
  });

  it("travel as base64url", () => {
    const bytes = Uint8Array.from([251, 255, 190, 0, 1]);
    expect(textOf(bytes)).toBe("-_--AAE");
    expect([...bytesOf("-_--AAE")]).toEqual([...bytes]);
  });

  it("are asked for and told without the browser's own JSON", async () => {
    vi.stubGlobal("PublicKeyCredential", class {});
    const get = vi.fn(async ({ publicKey }) => ({
      id: "AAE",
      rawId: bytesOf("AAE").buffer,
      type: "public-key",
      response: { clientDataJSON: publicKey.challenge.buffer, signature: bytesOf("AgM").buffer, userHandle: null },
      getClientExtensionResults: () => ({}),
    }));
    vi.stubGlobal("navigator", { ...navigator, credentials: { get } });
    const options = { challenge: "-_--", rpId: "localhost", allowCredentials: [{ id: "AAE", type: "public-key" }] };
    const { state, credential } = await answerWithPasskey({ options, state: "kept" });
    expect(get.mock.calls[0]?.[0].publicKey.allowCredentials[0].id).toEqual(bytesOf("AAE"));
    expect(state).toBe("kept");
    expect(credential).toEqual({
      id: "AAE",
      rawId: "AAE",
      type: "public-key",
      response: { clientDataJSON: "-_--", signature: "AgM" },
      clientExtensionResults: {},
    });
  });

  it("say what happened where none is given", async () => {
    vi.stubGlobal("PublicKeyCredential", class {});
    const get = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    vi.stubGlobal("navigator", { ...navigator, credentials: { get } });
    await expect(answerWithPasskey({ options: { challenge: "" }, state: "" })).rejects.toMatchObject({
      code: "passkey_cancelled",
    });
  });
});
