import { Checkbox, NativeSelect, Stack } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { customerQuery } from "@/features/crm/queries";
import { useMay } from "@/session/useSession";
import { ordered } from "./state";

type Props = {
  /** The customers there are to choose from. */
  offered: readonly string[];
  /** The chosen ones, beginning with the one a session begins with. */
  value: readonly string[];
  onChange: (ids: string[]) => void;
  error?: string;
};

/** The customers somebody may act for, and the one they begin with. */
export function CustomerChoice({ offered, value, onChange, error }: Props) {
  const { t } = useTranslation();
  const names = useCustomerNames(offered);
  const [first] = value;
  return (
    <>
      <Checkbox.Group
        label={t("portal.customers")}
        description={t("portal.customersHelp")}
        withAsterisk
        value={[...value]}
        error={error}
        onChange={(ids) => onChange(ordered(offered, ids, first))}
      >
        <Stack gap="sm" my={4}>
          {offered.map((id) => (
            <Checkbox key={id} value={id} label={names(id)} />
          ))}
        </Stack>
      </Checkbox.Group>
      {value.length > 1 && (
        <NativeSelect
          label={t("portal.first")}
          description={t("portal.firstHelp")}
          value={first}
          data={offered.filter((id) => value.includes(id)).map((id) => ({ value: id, label: names(id) }))}
          onChange={(event) => onChange(ordered(offered, value, event.currentTarget.value))}
        />
      )}
    </>
  );
}

/** The names of customers, as far as they are known and may be. */
export function useCustomerNames(ids: readonly string[]): (id: string) => string {
  const { t } = useTranslation();
  const mayRead = useMay("crm.customer.read");
  const found = useQueries({ queries: ids.map((id) => ({ ...customerQuery(id), enabled: mayRead })) });
  return (id) => {
    const query = found[ids.indexOf(id)];
    return query?.data?.name ?? (query?.isLoading ? "…" : t("unknown"));
  };
}
