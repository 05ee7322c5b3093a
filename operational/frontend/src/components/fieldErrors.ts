import { ApiProblem } from "@/api";
import { i18n } from "@/i18n";

const PARTS = ["ticket", "account", "admin", "provider", "portal"];

/** What the server has against single fields, by field. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiProblem) || error.status !== 422) return {};
  const ours = PARTS.map((part) => `${part}.problem.${error.code}`).find((key) => i18n.exists(key));
  return Object.fromEntries(
    error.fields.map(({ loc, message }) => [loc.replace(/^body\./, ""), ours ? i18n.t(ours) : message]),
  );
}
