/** An error the API told us about (RFC 9457), or the network's silence (`status` 0). */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null = null,
    readonly fields: ReadonlyArray<{ loc: string; message: string }> = [],
  ) {
    super(message);
    this.name = "ApiProblem";
  }
}

type Body = { code?: string; detail?: string; title?: string; request_id?: string; errors?: unknown };

/** Reads an error answer; anything that is no problem+json becomes one by its status. */
export function problemOf(status: number, body: unknown): ApiProblem {
  const known = (typeof body === "object" && body !== null ? body : {}) as Body;
  return new ApiProblem(
    status,
    known.code ?? `http_${status}`,
    known.detail ?? known.title ?? `HTTP ${status}`,
    known.request_id ?? null,
    fieldsOf(known.errors),
  );
}

function fieldsOf(errors: unknown): Array<{ loc: string; message: string }> {
  if (!Array.isArray(errors)) return [];
  return errors.map((error: { loc?: unknown; field?: unknown; msg?: unknown; message?: unknown }) => ({
    loc: Array.isArray(error.loc) ? error.loc.join(".") : String(error.loc ?? error.field ?? ""),
    message: String(error.msg ?? error.message ?? ""),
  }));
}
