export type Part = { text: string; href?: string; isOurs?: boolean };

const ADDRESS = /https?:\/\/[^\s<>"]+/g;
// what ends a sentence, or a bracket around an address, is no part of it
const AFTER = /[.,;:!?)\]}'”“]+$/;

/** A text in parts, of which those with `href` are addresses; `isOurs` for pages of this very installation. */
export function linkParts(text: string, origin: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const href = match[0].replace(AFTER, "");
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: href, href, isOurs: href === origin || href.startsWith(`${origin}/`) });
    end = match.index + href.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}
