import { ApiProblem } from "@/api";

/** What the server sends for the browser's passkeys, and what it wants back: WebAuthn's own JSON. */
export type PasskeyQuestion = { options: Record<string, unknown>; state: string };
export type PasskeyAnswer = { state: string; credential: Record<string, unknown> };
type Described = PublicKeyCredentialDescriptorJSON;

/** Whether a host is an address and no name: WebAuthn knows names alone. */
export function isAddress(hostname: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname) || hostname.startsWith("[") || hostname.includes(":");
}

/** Whether passkeys work on this page. */
export function hasPasskeys(): boolean {
  return "PublicKeyCredential" in window && !isAddress(window.location.hostname);
}

/** Where the same page is under a name, if this is a computer's own address; else null. */
export function namedOrigin({ hostname, protocol, port } = window.location): string | null {
  if (!hostname.startsWith("127.") && hostname !== "[::1]") return null;
  return `${protocol}//localhost${port && `:${port}`}`;
}

/** Lets the browser make a passkey. */
export async function makePasskey({ options, state }: PasskeyQuestion): Promise<PasskeyAnswer> {
  const made = await asked(() => navigator.credentials.create({ publicKey: creationOptions(options) }));
  return { state, credential: asJson(made) };
}

/** Lets the browser answer with a passkey. */
export async function answerWithPasskey({ options, state }: PasskeyQuestion): Promise<PasskeyAnswer> {
  const found = await asked(() => navigator.credentials.get({ publicKey: requestOptions(options) }));
  return { state, credential: asJson(found) };
}

const CODES: Readonly<Record<string, string>> = {
  NotAllowedError: "passkey_cancelled",
  AbortError: "passkey_cancelled",
  InvalidStateError: "passkey_known",
};

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const found = await ask();
    if (found) return found as PublicKeyCredential;
  } catch (error) {
    const { name = "" } = error as { name?: string };
    throw new ApiProblem(400, CODES[name] ?? "passkey_impossible", String(error));
  }
  throw new ApiProblem(400, "passkey_cancelled", "no passkey was given");
}

function creationOptions(json: Record<string, unknown>): PublicKeyCredentialCreationOptions {
  if (typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function") {
    return PublicKeyCredential.parseCreationOptionsFromJSON(json as never);
  }
  const user = json.user as PublicKeyCredentialUserEntityJSON;
  return {
    ...(json as unknown as PublicKeyCredentialCreationOptions),
    challenge: bytesOf(json.challenge as string),
    user: { ...user, id: bytesOf(user.id) },
    excludeCredentials: described(json.excludeCredentials),
  };
}

function requestOptions(json: Record<string, unknown>): PublicKeyCredentialRequestOptions {
  if (typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function") {
    return PublicKeyCredential.parseRequestOptionsFromJSON(json as never);
  }
  return {
    ...(json as unknown as PublicKeyCredentialRequestOptions),
    challenge: bytesOf(json.challenge as string),
    allowCredentials: described(json.allowCredentials),
  };
}

function described(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list ?? []) as Described[]).map(({ id }) => ({ type: "public-key", id: bytesOf(id) }));
}

function asJson(credential: PublicKeyCredential): Record<string, unknown> {
  if (typeof credential.toJSON === "function") return credential.toJSON() as unknown as Record<string, unknown>;
  const { response } = credential;
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const parts = names.flatMap((name) => {
    const value = response[name as keyof AuthenticatorResponse] as ArrayBuffer | null | undefined;
    return value ? [[name, textOf(value)]] : [];
  });
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(parts),
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

/** The bytes of base64url. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

/** Bytes as base64url without padding. */
export function textOf(bytes: ArrayBuffer | Uint8Array): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
