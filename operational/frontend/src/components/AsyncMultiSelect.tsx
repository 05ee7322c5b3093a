import { Loader, MultiSelect, type MultiSelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, type QueryKey, type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

type Found = { id: string; name: string };
type Props<T extends Found, K extends QueryKey> = Omit<
  MultiSelectProps,
  "data" | "value" | "onChange" | "searchValue"
> & {
  value: readonly string[];
  onChange: (ids: string[]) => void;
  /** Names of records by id, as far as they are known. */
  names: ReadonlyMap<string, string> | undefined;
  /** The records whose name has a part of the text. */
  search: (text: string) => UseQueryOptions<T[], Error, T[], K>;
  /** Records that cannot be chosen here. */
  without?: readonly string[];
};

/** Several of more records than a list can hold: asks the server for those that fit what is typed. */
export function AsyncMultiSelect<T extends Found, K extends QueryKey>(props: Props<T, K>) {
  const { value, onChange, names, search, without = [], ...rest } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  // what was picked here has a name, whoever else knows it
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map());
  const [text] = useDebouncedValue(typed.trim(), 200);
  const found = useQuery({ ...search(text), enabled: isOpen, placeholderData: keepPreviousData });
  const listed = (found.data ?? []).map((one) => ({ value: one.id, label: one.name }));
  const others = value
    .filter((id) => !listed.some((one) => one.value === id))
    .map((id) => ({ value: id, label: names?.get(id) ?? picked.get(id) ?? t("unknown") }));
  const isOffered = (id: string) => !without.includes(id) && listed.some((one) => one.value === id);
  return (
    <MultiSelect
      {...rest}
      searchable
      clearable
      hidePickedOptions
      value={[...value]}
      searchValue={typed}
      data={[...listed, ...others]}
      filter={({ options }) => options.filter((option) => "value" in option && isOffered(option.value))}
      maxDropdownHeight={280}
      nothingFoundMessage={found.isFetching ? t("ticket.loading") : t("ticket.nothingFound")}
      rightSection={found.isFetching ? <Loader size={14} /> : undefined}
      clearButtonProps={{ "aria-label": t("ticket.clearField") }}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => {
        setOpen(false);
        setTyped("");
      }}
      onSearchChange={setTyped}
      onChange={(ids) => {
        setPicked(new Map([...picked, ...listed.map((one) => [one.value, one.label] as const)]));
        onChange(ids);
      }}
    />
  );
}
