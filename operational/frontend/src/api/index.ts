import { sessionFetch } from "@/session/sessionFetch";
import { client } from "./generated/client.gen";
import { ApiProblem, problemOf } from "./problem";

export * from "./generated/sdk.gen";
export type * from "./generated/types.gen";
export { ApiProblem } from "./problem";

client.setConfig({ baseUrl: window.location.origin, fetch: sessionFetch as typeof fetch, throwOnError: true });
client.interceptors.error.use((error, response) =>
  response ? problemOf(response.status, error) : new ApiProblem(0, "network", String(error)),
);

/** The data of a call made with `throwOnError`. */
export async function data<T>(call: Promise<{ data: T }>): Promise<T> {
  return (await call).data;
}

/** The strong ETag of a record's version, as `If-Match` wants it. */
export function ifMatch(version: number): string {
  return `"${version}"`;
}
