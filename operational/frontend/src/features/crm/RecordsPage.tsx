import { Button, Center, CloseButton, Skeleton, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback, useElementSize } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keysText } from "@/commands/catalogue";
import { useCommand } from "@/commands/registry";
import { problemText } from "@/components/notifyProblem";
import { VirtualList } from "@/components/VirtualList";
import { usePreference } from "@/session/usePreference";
import classes from "./Crm.module.css";

const SPLIT_FROM = 1000;
const NARROW = 640;
/** Rows shown as still to come while there are more pages. */
const COMING = 20;

export type Column<T> = {
  id: string;
  name: string;
  width: string;
  /** Stands at the right, so that digits are below their like. */
  isNumber?: boolean;
  cell: (record: T) => ReactNode;
};
const cellClass = (column: { isNumber?: boolean }) =>
  column.isNumber ? `${classes.cell} ${classes.number}` : classes.cell;
type Props<T> = {
  title: string;
  columns: ReadonlyArray<Column<T>>;
  /** A record in two lines, for a narrow list. */
  tall: (record: T) => ReactNode;
  list: Records<T>;
  text?: string;
  /** Searches names; without it the list has no search. */
  onText?: (text: string | undefined) => void;
  /** Other ways to narrow the list, and what is to be known before it. */
  above?: ReactNode;
  /** What is said while there is not one record. */
  empty: { title: string; help: string };
  openId: string | undefined;
  onOpen: (record: T) => void;
  action?: ReactNode;
};
export type Records<T> = {
  data: T[] | undefined;
  error: Error | null;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

/** Of records that come all at once: there is no next page. */
export const ALL_AT_ONCE = { hasNextPage: false, isFetchingNextPage: false, fetchNextPage: () => undefined };

/** A searchable list of records, and beside it the one that is open. */
export function RecordsPage<T extends { id: string }>(props: Props<T>) {
  const { ref, width } = useElementSize();
  const place = useRef({ offset: 0 });
  const isOpen = props.openId !== undefined;
  const isSplit = isOpen && width >= SPLIT_FROM;
  return (
    <div ref={ref} className={classes.page}>
      {(!isOpen || isSplit) && width > 0 && (
        <List {...props} isSplit={isSplit} isNarrow={isSplit || width < NARROW} place={place} />
      )}
      {isOpen && (
        <div className={classes.detail}>
          <Outlet />
        </div>
      )}
    </div>
  );
}

type ListProps<T> = Props<T> & { isSplit: boolean; isNarrow: boolean; place: { current: { offset: number } } };

function List<T extends { id: string }>(props: ListProps<T>) {
  const { title, columns, tall, list, text, onText, above, openId, onOpen, action, empty, isSplit, isNarrow, place } =
    props;
  const { t } = useTranslation();
  const [density] = usePreference<"compact" | "roomy">("desk.density", "compact");
  const records = list.data;
  const [marked, setMarked] = useState(-1);
  const openIndex = records?.findIndex((record) => record.id === openId) ?? -1;
  const count = (records?.length ?? 0) + (records === undefined || list.hasNextPage ? COMING : 0);
  const template = columns.map((column) => column.width).join(" ");
  const load = (_: number, last: number) => {
    if (records && last >= records.length && list.hasNextPage && !list.isFetchingNextPage) list.fetchNextPage();
  };
  return (
    <section className={isSplit ? classes.side : classes.whole} aria-label={title}>
      <div className={classes.top}>
        <div className={classes.titleLine}>
          <h1 className={classes.title}>{title}</h1>
          {action}
        </div>
        {onText && (
          <TextFilter text={text ?? ""} label={t("crm.searchName")} onText={(typed) => onText(typed || undefined)} />
        )}
        {above}
      </div>
      {list.error && !records ? (
        <Center p="xl" role="alert" style={{ flexDirection: "column", gap: 8 }}>
          <Text>{problemText(list.error)}</Text>
          <Button variant="default" onClick={() => list.refetch()}>
            {t("problem.again")}
          </Button>
        </Center>
      ) : records?.length === 0 ? (
        <Center p="xl" style={{ flexDirection: "column", gap: 4 }} role="status">
          <Text fw={600}>{text ? t("crm.nothingFound") : empty.title}</Text>
          <Text c="dimmed" ta="center" maw={420}>
            {text ? t("crm.nothingFoundHelp", { text }) : empty.help}
          </Text>
        </Center>
      ) : (
        <VirtualList
          label={title}
          count={count}
          rowHeight={isNarrow ? 56 : density === "compact" ? 32 : 40}
          active={marked >= 0 ? marked : openIndex}
          onActive={setMarked}
          onRange={load}
          place={place}
          onOpen={(index) => records?.[index] && onOpen(records[index])}
          head={!isNarrow && <Head columns={columns} template={template} />}
          renderRow={(index) => {
            const record = records?.[index];
            if (isNarrow) return <Cell className={classes.tall}>{record ? tall(record) : <Coming />}</Cell>;
            return (
              <div className={classes.cells} style={{ gridTemplateColumns: template }} role="presentation">
                {columns.map((column) => (
                  <Cell key={column.id} className={cellClass(column)}>
                    {record ? column.cell(record) : <Coming />}
                  </Cell>
                ))}
              </div>
            );
          }}
        />
      )}
    </section>
  );
}

function Coming() {
  return <Skeleton height={10} width="60%" animate={false} />;
}

function Cell({ className, children }: { className: string | undefined; children: ReactNode }) {
  return (
    <div role="gridcell" className={className}>
      {children}
    </div>
  );
}

function Head<T>({ columns, template }: { columns: ReadonlyArray<Column<T>>; template: string }) {
  return (
    <div role="row" aria-rowindex={1} className={classes.headRow} style={{ gridTemplateColumns: template }}>
      {columns.map((column) => (
        <span key={column.id} role="columnheader" className={cellClass(column)}>
          {column.name}
        </span>
      ))}
    </div>
  );
}

function TextFilter({ text, label, onText }: { text: string; label: string; onText: (text: string) => void }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const sent = useRef(text);
  const later = useDebouncedCallback((next: string) => {
    sent.current = next;
    onText(next);
  }, 200);
  useEffect(() => {
    // the address has changed otherwise than by this field
    if (text !== sent.current) {
      sent.current = text;
      setTyped(text);
    }
  }, [text]);
  useCommand("list.filter", () => field.current?.focus());
  useCommand("list.clearFilters", () => onText(""), text === "");
  return (
    <TextInput
      ref={field}
      size="xs"
      maw={360}
      role="searchbox"
      leftSection={<IconSearch size={14} stroke={1.5} />}
      aria-label={label}
      placeholder={`${label} (${keysText("list.filter")})`}
      value={typed}
      rightSection={typed && <CloseButton size="xs" aria-label={t("queue.clearText")} onClick={() => onText("")} />}
      onKeyDown={(event) => event.key === "Escape" && field.current?.blur()}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        later(event.currentTarget.value.trim());
      }}
    />
  );
}
