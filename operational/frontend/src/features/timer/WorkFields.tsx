import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { TimerEnd } from "@/api";

export type WorkType = NonNullable<TimerEnd["work_type"]>;
/** Whether work is charged; `open` leaves it to the billing. */
export type Billable = "open" | "yes" | "no";
const WORK_TYPES: readonly WorkType[] = ["remote", "phone", "on_site", "travel"];
const BILLABLE: readonly Billable[] = ["open", "yes", "no"];

/** The choice as the API knows it. */
export function billableOf(choice: Billable): boolean | null {
  return choice === "open" ? null : choice === "yes";
}

type Field<T> = { value: T; onChange: (value: T) => void; w?: number; size?: "xs" | "sm" };

/** What kind of work it was. */
export function WorkTypeSelect({ value, onChange, ...rest }: Field<WorkType>) {
  const { t } = useTranslation();
  return (
    <Select
      {...rest}
      label={t("ticket.time.workType")}
      value={value}
      allowDeselect={false}
      onChange={(chosen) => onChange(chosen as WorkType)}
      data={WORK_TYPES.map((one) => ({ value: one, label: t(`ticket.workType.${one}`) }))}
    />
  );
}

/** Whether the customer pays for it. */
export function BillableSelect({ value, onChange, ...rest }: Field<Billable>) {
  const { t } = useTranslation();
  return (
    <Select
      {...rest}
      label={t("ticket.time.billable")}
      value={value}
      allowDeselect={false}
      onChange={(chosen) => onChange(chosen as Billable)}
      data={BILLABLE.map((one) => ({ value: one, label: t(`ticket.billable.${one}`) }))}
    />
  );
}
