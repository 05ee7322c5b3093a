/** A meta element's content; empty when the page was not delivered by our server. */
export function meta(name: string): string {
  const content = document.querySelector(`meta[name="${name}"]`)?.getAttribute("content") ?? "";
  return content.startsWith("__") ? "" : content;
}

/** The readable cookie that proves a request comes from our page; empty when nobody is logged in. */
export function csrfValue(): string {
  const name = `${meta("psa-issuer") || "psa"}_csrf=`;
  const found = document.cookie.split("; ").find((part) => part.startsWith(name));
  return found ? decodeURIComponent(found.slice(name.length)) : "";
}
