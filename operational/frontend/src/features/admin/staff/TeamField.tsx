import { Autocomplete } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { staffQuery } from "../queries";

type Props = { value: string; onChange: (team: string) => void; error?: string };

/** A person's team; offers those there are, as two spellings would be two teams. */
export function TeamField({ value, onChange, error }: Props) {
  const { t } = useTranslation();
  const staff = useInfiniteQuery(staffQuery(undefined)).data ?? [];
  const teams = [...new Set(staff.flatMap(({ team }) => team ?? []))].sort((one, other) => one.localeCompare(other));
  return (
    <Autocomplete
      label={t("admin.staff.team")}
      description={t("admin.staff.teamHelp")}
      maxLength={300}
      data={teams}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}
