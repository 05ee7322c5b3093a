import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { data, type TicketRow, ticketsListTickets } from "@/api";
import { notifyProblem } from "@/components/notifyProblem";
import { formatNumber } from "@/i18n/format";
import { COLUMNS } from "./columns";
import { apiFilters, DEFAULT_SORT, type QueueSearch } from "./search";

const MOST = 20_000;

/** A cell of a CSV file; one that a spreadsheet would take for a formula is defused. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as lines of text in the queue's columns. */
export function asLines(
  rows: readonly TicketRow[],
  names: readonly string[],
  separator: string,
  cell = (text: string) => text,
): string {
  const lines = [names, ...rows.map((row) => COLUMNS.map((column) => column.text(row)))];
  return lines.map((line) => line.map(cell).join(separator)).join("\r\n");
}

async function everything(search: QueueSearch): Promise<TicketRow[]> {
  const rows: TicketRow[] = [];
  let cursor: string | null = null;
  do {
    const query = { ...apiFilters(search), sort: search.sort ?? DEFAULT_SORT, limit: 200, ...(cursor && { cursor }) };
    const page: { items: TicketRow[]; next_cursor: string | null } = await data(
      ticketsListTickets({ query, throwOnError: true }),
    );
    rows.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && rows.length < MOST);
  return rows;
}

/** Saves what the filters leave as CSV, in the queue's order. */
export function useExport(search: QueueSearch) {
  const { t } = useTranslation();
  const made = useMutation({
    mutationFn: () => everything(search),
    onError: notifyProblem,
    onSuccess: (rows) => {
      const names = COLUMNS.map((column) => t(`queue.column.${column.id}`));
      // the mark at the beginning tells spreadsheets the encoding
      const file = new Blob(["\uFEFF", asLines(rows, names, ";", csvCell)], { type: "text/csv;charset=utf-8" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = `tickets-${new Date().toISOString().slice(0, 10)}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
      if (rows.length >= MOST) notifications.show({ message: t("queue.exportCut", { most: formatNumber(MOST) }) });
    },
  });
  return { run: () => made.mutate(), isRunning: made.isPending };
}
