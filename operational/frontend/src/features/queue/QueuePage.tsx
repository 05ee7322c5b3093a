import { Center, Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useMatchRoute, useNavigate, useSearch } from "@tanstack/react-router";
import { memo, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { TicketRow } from "@/api";
import { useCommand } from "@/commands/registry";
import { DueBadge, PriorityBadge, StatusBadge } from "@/components/badges";
import { problemText } from "@/components/notifyProblem";
import { VirtualList } from "@/components/VirtualList";
import { ForecastStrip } from "@/features/forecast/ForecastStrip";
import { formatNumber } from "@/i18n/format";
import { useT } from "@/i18n/useT";
import { usePreference } from "@/session/usePreference";
import { COLUMNS } from "./columns";
import { Filters } from "./Filters";
import { NoTickets } from "./NoTickets";
import classes from "./Queue.module.css";
import { QueueHead, useColumnWidths } from "./QueueHead";
import { clean, isFiltered, type QueueSearch } from "./search";
import { asLines } from "./useExport";
import { useQueue } from "./useQueue";

const SPLIT_FROM = 1150;
const NARROW = 760;
const NAVIGATION = 200;

/** The queue, and beside it the ticket that is open. */
export function QueuePage() {
  const { ref, width: measured } = useElementSize();
  // what it will be, so that the first rows need not wait for the measure
  const width = measured || window.innerWidth - (window.innerWidth < 768 ? 0 : NAVIGATION);
  const match = useMatchRoute();
  const isOpen = Boolean(match({ to: "/tickets/$ticketId", fuzzy: true }));
  const isSplit = isOpen && width >= SPLIT_FROM;
  // where the list was when a ticket took its place
  const place = useRef<Place>({ offset: 0, active: -1 });
  return (
    <div ref={ref} className={classes.page}>
      {(!isOpen || isSplit) && <Queue isSplit={isSplit} isNarrow={isSplit || width < NARROW} place={place} />}
      {isOpen && (
        <div className={classes.detail}>
          <Outlet />
        </div>
      )}
    </div>
  );
}

type Place = { offset: number; active: number };
type QueueProps = { isSplit: boolean; isNarrow: boolean; place: RefObject<Place> };

function Queue({ isSplit, isNarrow, place }: QueueProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/tickets" });
  const openId = useOpenTicket();
  const queue = useQueue(search);
  const widths = useColumnWidths();
  const [density] = usePreference<"compact" | "roomy">("desk.density", "compact");
  const [active, setActive] = useActive(queue.row, openId, place);
  const open = useOpen(queue.row);
  useKeptSearch(search);
  useTicketPageSoon();
  useCopy(queue.row, queue.count ?? 0);
  const change = (next: QueueSearch) => navigate({ to: ".", search: clean(next), replace: true });
  const rowHeight = isNarrow ? 56 : density === "compact" ? 32 : 40;
  return (
    <section className={isSplit ? classes.side : classes.whole} aria-label={t("queue.title")}>
      <div className={classes.top}>
        <div className={classes.titleLine}>
          <h1 className={classes.title}>{t("queue.title")}</h1>
          <Text c="dimmed" size="sm" role="status" className="tabular">
            {queue.count === undefined
              ? " "
              : t("queue.count", { count: queue.count, shown: formatNumber(queue.count) })}
          </Text>
        </div>
        {!isSplit && <ForecastStrip queue={search.queue?.length === 1 ? search.queue[0] : undefined} />}
        <Filters search={search} onChange={change} isNarrow={isNarrow} />
      </div>
      {queue.error ? (
        <Center p="xl">
          <Text role="alert">{problemText(queue.error)}</Text>
        </Center>
      ) : queue.count === 0 ? (
        <NoTickets isFiltered={isFiltered(search)} onClear={() => change({ sort: search.sort })} />
      ) : (
        <VirtualList
          label={t("queue.title")}
          count={queue.count ?? 30}
          rowHeight={rowHeight}
          active={active}
          onRange={queue.onRange}
          onActive={setActive}
          onOpen={open}
          place={place}
          minWidth={isNarrow ? undefined : widths.total}
          head={
            !isNarrow && <QueueHead widths={widths} sort={search.sort} onSort={(sort) => change({ ...search, sort })} />
          }
          renderRow={(index) => <Row row={queue.row(index)} template={isNarrow ? null : widths.template} />}
        />
      )}
    </section>
  );
}

const Row = memo(function Row({ row, template }: { row: TicketRow | undefined; template: string | null }) {
  // a row follows the language
  useT();
  if (template === null) return <TallRow row={row} />;
  return (
    <div className={classes.cells} style={{ gridTemplateColumns: template }} role="presentation">
      {COLUMNS.map((column) => (
        <div key={column.id} role="gridcell" className={classes.cell}>
          {row ? column.cell(row) : <span className={classes.waiting} />}
        </div>
      ))}
    </div>
  );
});

function TallRow({ row }: { row: TicketRow | undefined }) {
  const t = useT();
  return (
    <div role="gridcell" className={classes.tall}>
      {row ? (
        <>
          <span className={classes.tallLine}>
            <PriorityBadge priority={row.priority} short />
            <span className={classes.subject}>{row.subject ?? row.number}</span>
            <DueBadge due={row.due} />
          </span>
          <span className={classes.tallLine}>
            <StatusBadge status={row.status} category={row.status_category} />
            <span className={classes.faint}>{row.customer_name ?? t("unknown")}</span>
            <span className={`${classes.faintEnd} tabular`}>{row.number}</span>
          </span>
        </>
      ) : (
        <span className={classes.waiting} />
      )}
    </div>
  );
}

function useOpenTicket(): string | undefined {
  const match = useMatchRoute()({ to: "/tickets/$ticketId" });
  return match ? match.ticketId : undefined;
}

/** The marked row; it stays with its ticket when rows come in above it. */
function useActive(
  row: (index: number) => TicketRow | undefined,
  openId: string | undefined,
  place: RefObject<Place>,
): [number, (index: number) => void] {
  const [index, setIndex] = useState(place.current.active);
  useEffect(() => {
    place.current.active = index;
  }, [index, place]);
  const id = useRef<string | undefined>(undefined);
  useEffect(() => {
    id.current = openId ?? id.current;
    if (id.current === undefined || row(index)?.id === id.current) return;
    for (let distance = 1; distance <= 100; distance++) {
      const found = [index + distance, index - distance].find((at) => at >= 0 && row(at)?.id === id.current);
      if (found !== undefined) return setIndex(found);
    }
  }, [row, index, openId]);
  const choose = useCallback(
    (next: number) => {
      id.current = row(next)?.id;
      setIndex(next);
    },
    [row],
  );
  return [index, choose];
}

function useOpen(row: (index: number) => TicketRow | undefined) {
  const navigate = useNavigate();
  const client = useQueryClient();
  return (index: number) => {
    const ticket = row(index);
    if (!ticket) return;
    // the ticket's page shows these values at once
    client.setQueryData(["ticket-row", ticket.id], ticket);
    void navigate({ to: "/tickets/$ticketId", params: { ticketId: ticket.id }, search: (search) => search });
  };
}

/** Loads the ticket's page while nothing else is to be done, so that the first one opens as fast as the next. */
function useTicketPageSoon(): void {
  useEffect(() => {
    const timer = window.setTimeout(() => void import("@/features/ticket/TicketPage"), 500);
    return () => window.clearTimeout(timer);
  }, []);
}

/** Keeps filters and order for the next time. */
function useKeptSearch(search: QueueSearch): void {
  const [kept, keep] = usePreference<QueueSearch | null>("desk.queue", null);
  const text = JSON.stringify(search);
  // biome-ignore lint/correctness/useExhaustiveDependencies: kept only when the address changes
  useEffect(() => {
    if (JSON.stringify(kept) === text) return;
    const timer = window.setTimeout(() => keep(search), 1500);
    return () => window.clearTimeout(timer);
  }, [text]);
}

function useCopy(row: (index: number) => TicketRow | undefined, count: number): void {
  const { t } = useTranslation();
  useCommand("list.copy", () => {
    const rows = Array.from({ length: count }, (_, index) => row(index)).filter(
      (one): one is TicketRow => one !== undefined,
    );
    const names = COLUMNS.map((column) => t(`queue.column.${column.id}`));
    const text = asLines(rows, names, "\t", (cell) => cell.replaceAll(/[\t\r\n]/g, " "));
    // browsers lend the clipboard to pages from https or this machine alone
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    written.then(
      () => notifications.show({ message: t("queue.copied", { count: rows.length }) }),
      () => notifications.show({ color: "bad", message: t("queue.notCopied") }),
    );
  });
}
