/** The digits of a code as somebody has written it ("123 456"). */
export function codeOf(text: string): string {
  return text.replace(/\D/g, "");
}
