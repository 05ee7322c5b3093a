/** The role of people of customers; no member of the staff can have it. */
export const PORTAL_ROLE = "portal_user";

/** What a new role is called inside: small letters, digits and underscores, as the API wants it. */
export function roleCode(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll("ä", "ae")
    .replaceAll("ö", "oe")
    .replaceAll("ü", "ue")
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 40);
}
