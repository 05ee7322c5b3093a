import { ActionIcon, Button, CloseButton, Group, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconFileTypeCsv, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FacetOut } from "@/api";
import { keysText } from "@/commands/catalogue";
import { useCommand } from "@/commands/registry";
import { FilterMenu } from "./FilterMenu";
import { AssigneeFilter, CustomerFilter, OpenedFilter } from "./pickFilters";
import classes from "./Queue.module.css";
import { facetsQuery } from "./queries";
import { SaveView } from "./SavedViews";
import { CHOICES, isFiltered, type QueueSearch } from "./search";
import { useExport } from "./useExport";

type Props = { search: QueueSearch; onChange: (search: QueueSearch) => void; isNarrow: boolean };

/** Everything that narrows the queue; folded away where there is little room. */
export function Filters({ search, onChange, isNarrow }: Props) {
  const { t } = useTranslation();
  const [unfolded, { toggle }] = useDisclosure(false);
  const used = Object.keys(search).filter((key) => key !== "sort" && key !== "text").length;
  return (
    <Group gap={6} className={classes.filters} role="search" aria-label={t("queue.filters")}>
      <TextFilter
        text={search.text ?? ""}
        onText={(text) => onChange({ ...search, text: text || undefined })}
        isNarrow={isNarrow}
      />
      {isNarrow && (
        <Button
          size="compact-md"
          variant={used > 0 ? "light" : "default"}
          fw={400}
          onClick={toggle}
          aria-expanded={unfolded}
        >
          {used > 0 ? t("queue.filtersUsed", { count: used }) : t("queue.filters")}
        </Button>
      )}
      {(!isNarrow || unfolded) && <Choices search={search} onChange={onChange} />}
    </Group>
  );
}

function Choices({ search, onChange }: Pick<Props, "search" | "onChange">) {
  const { t } = useTranslation();
  const [isWanted, setWanted] = useState(Boolean(search.queue ?? search.category));
  const facets = useQuery({ ...facetsQuery, enabled: isWanted }).data;
  const exportList = useExport(search);
  const set = (part: QueueSearch) => onChange({ ...search, ...part });
  const or = <T,>(values: T[]) => (values.length > 0 ? values : undefined);
  useCommand("list.clearFilters", () => onChange({ sort: search.sort }), !isFiltered(search));
  useCommand("list.export", exportList.run);
  const fixed = (name: keyof typeof CHOICES) => (
    <FilterMenu
      name={t(`queue.filter.${name}`)}
      chosen={search[name] ?? []}
      choices={CHOICES[name].map((value) => ({ value, label: t(`queue.${name}.${value}`) }))}
      onChange={(values) => set({ [name]: or(values) })}
    />
  );
  const facet = (name: "queue" | "category", values: readonly FacetOut[]) => (
    <FilterMenu
      name={t(`queue.filter.${name}`)}
      chosen={search[name] ?? []}
      choices={values.flatMap(({ value, open_tickets }) =>
        value === null ? [] : [{ value, label: value, count: open_tickets }],
      )}
      onChange={(chosen) => set({ [name]: or(chosen) })}
      onLook={() => setWanted(true)}
    />
  );
  return (
    <>
      {fixed("status_category")}
      {fixed("status")}
      {fixed("priority")}
      {facet("queue", facets?.queues ?? [])}
      {facet("category", facets?.categories ?? [])}
      <AssigneeFilter search={search} set={set} />
      <CustomerFilter search={search} set={set} />
      <OpenedFilter search={search} set={set} />
      {search.contact_id && (
        <Button
          size="compact-md"
          variant="light"
          fw={400}
          rightSection={<span aria-hidden>×</span>}
          onClick={() => set({ contact_id: undefined })}
        >
          {t("queue.filter.contact")}
        </Button>
      )}
      {isFiltered(search) && (
        <Button size="compact-md" variant="subtle" fw={400} onClick={() => onChange({ sort: search.sort })}>
          {t("queue.clear")}
        </Button>
      )}
      <Group gap={6} ml="auto" wrap="nowrap">
        <Tooltip label={t("commands.list.export")}>
          <ActionIcon
            variant="default"
            size={30}
            onClick={exportList.run}
            loading={exportList.isRunning}
            aria-label={t("commands.list.export")}
          >
            <IconFileTypeCsv size={16} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
        <SaveView />
      </Group>
    </>
  );
}

type TextProps = { text: string; onText: (text: string) => void; isNarrow: boolean };

function TextFilter({ text, onText, isNarrow }: TextProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [value, setValue] = useState(text);
  const later = useDebouncedCallback(onText, 250);
  const sent = useRef(text);
  useCommand("list.filter", () => input.current?.focus());
  useEffect(() => {
    // the address changed by something else than this field
    if (text === sent.current) return;
    sent.current = text;
    setValue(text);
  }, [text]);
  const type = (next: string) => {
    setValue(next);
    sent.current = next.trim();
    later(sent.current);
  };
  return (
    <TextInput
      ref={input}
      size="xs"
      w={isNarrow ? undefined : 220}
      flex={isNarrow ? 1 : undefined}
      leftSection={<IconSearch size={14} stroke={1.5} />}
      aria-label={t("queue.textLabel")}
      placeholder={t("queue.text", { key: keysText("list.filter") })}
      value={value}
      rightSection={value && <CloseButton size="xs" aria-label={t("queue.clearText")} onClick={() => type("")} />}
      onKeyDown={(event) => event.key === "Escape" && input.current?.blur()}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}
