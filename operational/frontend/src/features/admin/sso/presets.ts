import type { ProviderIn, ProviderOut } from "@/api";

export type Preset = ProviderOut["preset"];
export type Address = "redirect_uri" | "post_logout_redirect_uri" | "backchannel_logout_uri";

type About = {
  /** Whether the administrator names an issuer; Google's is always the same. */
  hasIssuer: boolean;
  /** What an issuer looks like there. */
  example: string;
  /** How many steps its set-up there has. */
  steps: number;
  /** What is to be registered there. */
  addresses: readonly Address[];
  /** Whether it says itself which addresses are verified, so that nobody needs to stand for them. */
  verifies: boolean;
  /** Whether it can send groups. */
  hasGroups: boolean;
  /** The claim it sends them in, as it is usual there. */
  groupsClaim: string;
};

const ALL: readonly Address[] = ["redirect_uri", "post_logout_redirect_uri", "backchannel_logout_uri"];

/** The kinds of providers there are, in the order they are offered in, and how they differ (docs/sso.md). */
export const PRESETS: Readonly<Record<Preset, About>> = {
  entra: {
    hasIssuer: true,
    example: "6babcaad-604b-40ac-a9d7-9fd97c0b779f",
    steps: 4,
    addresses: ["redirect_uri", "post_logout_redirect_uri"],
    verifies: false,
    hasGroups: true,
    groupsClaim: "groups",
  },
  google: {
    hasIssuer: false,
    example: "",
    steps: 2,
    addresses: ["redirect_uri"],
    verifies: true,
    hasGroups: false,
    groupsClaim: "",
  },
  keycloak: {
    hasIssuer: true,
    example: "https://keycloak.example.org/realms/firma",
    steps: 3,
    addresses: ALL,
    verifies: false,
    hasGroups: true,
    groupsClaim: "groups",
  },
  generic: {
    hasIssuer: true,
    example: "https://id.example.org",
    steps: 2,
    addresses: ALL,
    verifies: false,
    hasGroups: true,
    groupsClaim: "groups",
  },
};
export const PRESET_NAMES = Object.keys(PRESETS) as Preset[];

/** What is typed into the form of a new provider. */
export type Values = {
  preset: Preset;
  name: string;
  issuer: string;
  client_id: string;
  client_secret: string;
} & Rules;

/** Who is let in by a provider. */
export type Rules = Pick<
  ProviderOut,
  "allowed_domains" | "link_by_verified_email" | "trusts_email" | "creates_accounts" | "default_roles"
>;

export const NO_RULES: Rules = {
  allowed_domains: [],
  link_by_verified_email: true,
  trusts_email: false,
  creates_accounts: false,
  default_roles: [],
};

export type Needed = "name" | "issuer" | "client_id" | "allowed_domains";

/** What must be there and is not. */
export function missing(values: Values): Needed[] {
  const needed: Needed[] = ["name", "client_id"];
  if (PRESETS[values.preset].hasIssuer) needed.push("issuer");
  const empty = needed.filter((name) => (values[name] as string).trim() === "");
  return needsDomains(values) ? [...empty, "allowed_domains"] : empty;
}

/** Whether rules let somebody in by their address and do not say of which domains. */
export function needsDomains(rules: Rules): boolean {
  return (rules.link_by_verified_email || rules.creates_accounts) && rules.allowed_domains.length === 0;
}

/** Rules as they are sent: what a switch above turns off does not stay behind. */
export function sentRules(preset: Preset, rules: Rules): Rules {
  return {
    ...rules,
    trusts_email: rules.trusts_email && !PRESETS[preset].verifies,
    default_roles: rules.creates_accounts ? rules.default_roles : [],
  };
}

/** A new provider as it is sent. */
export function bodyOf(values: Values): ProviderIn {
  const { preset, name, issuer, client_id, client_secret, ...rules } = values;
  return {
    preset,
    name: name.trim(),
    issuer: PRESETS[preset].hasIssuer ? issuer.trim() : null,
    client_id: client_id.trim(),
    client_secret: client_secret.trim() || null,
    ...sentRules(preset, rules),
  };
}
