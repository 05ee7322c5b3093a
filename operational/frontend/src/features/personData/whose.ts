import {
  authCreateContactDataExport,
  authCreateContactErasure,
  authCreateUserDataExport,
  authCreateUserErasure,
  data,
  type ErasureIn,
  type ErasureOut,
} from "@/api";

/** A person, by the record that stands for them. */
export type Whose = { kind: "user" | "contact"; id: string; name: string };

/** All that is kept of a person, as a file. */
export function exported({ kind, id }: Whose): Promise<Blob> {
  const asked =
    kind === "user"
      ? authCreateUserDataExport({ path: { user_id: id }, parseAs: "blob", throwOnError: true })
      : authCreateContactDataExport({ path: { contact_id: id }, parseAs: "blob", throwOnError: true });
  return data(asked as Promise<{ data: Blob | File }>);
}

/** Erases a person, or tells what that would do. */
export function erased({ kind, id }: Whose, body: ErasureIn): Promise<ErasureOut> {
  return kind === "user"
    ? data(authCreateUserErasure({ path: { user_id: id }, body, throwOnError: true }))
    : data(authCreateContactErasure({ path: { contact_id: id }, body, throwOnError: true }));
}
