import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { customerNames } from "@/features/crm/queries";
import { usePortalCustomers } from "@/session/portalCustomers";
import { useMay } from "@/session/useSession";

/** Which customers somebody has to do with, in words; `only` null or `[]` of a rule means no such rule. */
export function Reach({ only, never }: { only: readonly string[] | null; never: readonly string[] }) {
  const { t } = useTranslation();
  const mayNames = useMay("crm.customer.read");
  const isNeeded = (only !== null && only.length > 0) || never.length > 0;
  const names = useQuery({ ...customerNames, enabled: mayNames && isNeeded }).data;
  const mine = new Map(usePortalCustomers().map(({ id, name }) => [id, name]));
  const list = (ids: readonly string[]) => {
    const known = ids.flatMap((id) => names?.get(id) ?? mine.get(id) ?? []);
    const count = ids.length - known.length;
    const more = count > 0 ? [t(known.length > 0 ? "admin.reachOthers" : "admin.reachCount", { count })] : [];
    return [...known.sort((one, other) => one.localeCompare(other)), ...more].join(", ");
  };
  if (!isNeeded) return t(only === null ? "admin.reachAll" : "admin.reachNone");
  return (
    <>
      {only !== null && only.length > 0 && <div>{t("admin.reachOnly", { names: list(only) })}</div>}
      {never.length > 0 && <div>{t("admin.reachNever", { names: list(never) })}</div>}
    </>
  );
}
