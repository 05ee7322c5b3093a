import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { roleName } from "@/features/permissions/words";
import { useMay } from "@/session/useSession";
import { rolesQuery } from "../queries";
import { PORTAL_ROLE } from "./names";

/** The roles a member of the staff can hold, to choose from; those `held` also where they cannot be read. */
export function useRoleChoices(held: readonly string[]): Array<{ value: string; label: string }> {
  const { t } = useTranslation();
  const mayRead = useMay("auth.role.read");
  const roles = useQuery({ ...rolesQuery, enabled: mayRead }).data ?? [];
  const names = new Set([...roles.map(({ name }) => name), ...held.filter((name) => name !== "")]);
  names.delete(PORTAL_ROLE);
  return [...names]
    .map((name) => ({ value: name, label: roleName(t, name) }))
    .sort((one, other) => one.label.localeCompare(other.label));
}
