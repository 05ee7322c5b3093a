/** Reads an address's search like a form's: a name that comes more than once has several values. */
export function parseSearch(text: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = values[name];
    if (before === undefined) values[name] = value;
    else values[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return values;
}

/** Writes it back; the same addresses as the API's own, and ones a person can read. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") parameters.append(name, String(one));
    }
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

/** What of a list that is searched by a text stands in the address. */
export const textSearch = (search: Record<string, unknown>): { text?: string } => ({
  text: typeof search.text === "string" && search.text !== "" ? search.text : undefined,
});
