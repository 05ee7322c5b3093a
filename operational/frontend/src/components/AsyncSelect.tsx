import { Loader, Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, type QueryKey, type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

type Found = { id: string; name: string };
type Props<T extends Found, K extends QueryKey> = Omit<SelectProps, "data" | "value" | "onChange" | "searchValue"> & {
  value: string | null;
  onChange: (id: string | null) => void;
  /** Name of the present value, as far as it is known. */
  name: string | undefined;
  /** The records whose name has a part of the text. */
  search: (text: string) => UseQueryOptions<T[], Error, T[], K>;
  /** What tells two of one name apart. */
  hint?: (record: T) => string | null;
};

/** A choice among more records than a list can hold: asks the server for those that fit what is typed. */
export function AsyncSelect<T extends Found, K extends QueryKey>(props: Props<T, K>) {
  const { value, onChange, name, search, hint, ...rest } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [text] = useDebouncedValue(typed ?? "", 200);
  const found = useQuery({ ...search(text), enabled: isOpen, placeholderData: keepPreviousData });
  const choices = (found.data ?? []).map((one) => ({ value: one.id, label: one.name, hint: hint?.(one) ?? null }));
  const isListed = value === null || choices.some((one) => one.value === value);
  return (
    <Select
      {...rest}
      searchable
      clearable
      value={value}
      searchValue={typed ?? name ?? ""}
      data={isListed ? choices : [...choices, { value, label: name ?? " ", hint: null }]}
      filter={({ options }) => options}
      maxDropdownHeight={280}
      openOnFocus={false}
      nothingFoundMessage={found.isFetching ? t("ticket.loading") : t("ticket.nothingFound")}
      rightSection={found.isFetching ? <Loader size={14} /> : undefined}
      clearButtonProps={{ "aria-label": t("ticket.clearField") }}
      renderOption={({ option }) => (
        <span>
          {option.label}
          {"hint" in option && typeof option.hint === "string" && (
            <span style={{ color: "var(--psa-soft)" }}> · {option.hint}</span>
          )}
        </span>
      )}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => {
        setOpen(false);
        setTyped(null);
      }}
      onSearchChange={(next) => isOpen && setTyped(next)}
      onChange={(id) => {
        setTyped(null);
        onChange(id);
      }}
    />
  );
}
