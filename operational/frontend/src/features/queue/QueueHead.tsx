import { UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconSelector } from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreference } from "@/session/usePreference";
import { COLUMNS, type Column } from "./columns";
import classes from "./Queue.module.css";
import { DEFAULT_SORT, type QueueSearch } from "./search";

const LEAST = 48;
/** Who gets what is left of a wide window, in parts. */
const GROWING: Record<string, number> = { subject: 4, customer: 1, assignee: 0.5, contact: 0.5 };
const MOST = 900;
type Sort = NonNullable<QueueSearch["sort"]>;

/** Widths of the columns in px, as this person has set them; `keep` after the change, `set` while it goes on. */
export function useColumnWidths() {
  const [kept, keep] = usePreference<Record<string, number>>("desk.columns", {});
  const [moving, set] = useState<Record<string, number> | null>(null);
  const widths = moving ?? kept;
  const of = (column: Column) => Math.min(MOST, Math.max(LEAST, widths[column.id] ?? column.width));
  const resize = (id: string, width: number, isOver: boolean) => {
    const next = { ...kept, [id]: Math.round(width) };
    set(isOver ? null : next);
    if (isOver) keep(next);
  };
  return {
    template: COLUMNS.map((column) => {
      const share = GROWING[column.id];
      return share ? `minmax(${of(column)}px, ${share}fr)` : `${of(column)}px`;
    }).join(" "),
    total: COLUMNS.reduce((sum, column) => sum + of(column), 0),
    of,
    resize,
  };
}

type Props = { widths: ReturnType<typeof useColumnWidths>; sort: Sort | undefined; onSort: (sort: Sort) => void };

/** The head of the queue: names, order, widths. */
export function QueueHead({ widths, sort = DEFAULT_SORT, onSort }: Props) {
  const { t } = useTranslation();
  return (
    <div role="row" aria-rowindex={1} className={classes.headRow} style={{ gridTemplateColumns: widths.template }}>
      {COLUMNS.map((column) => {
        const at = column.sorts?.indexOf(sort) ?? -1;
        const name = t(`queue.column.${column.id}`);
        const descends = sort.startsWith("-");
        const Arrow = at < 0 ? IconSelector : descends ? IconArrowDown : IconArrowUp;
        return (
          <div
            key={column.id}
            role="columnheader"
            className={classes.headCell}
            aria-sort={at < 0 ? undefined : descends ? "descending" : "ascending"}
          >
            {column.sorts ? (
              <UnstyledButton
                className={classes.headButton}
                onClick={() => onSort(column.sorts?.[(at + 1) % column.sorts.length] ?? sort)}
              >
                <span className={classes.cut}>{name}</span>
                <Arrow size={13} aria-hidden />
              </UnstyledButton>
            ) : (
              <span className={classes.cut}>{name}</span>
            )}
            <Grip
              name={t("queue.resize", { column: name })}
              width={widths.of(column)}
              onResize={(width, isOver) => widths.resize(column.id, width, isOver)}
            />
          </div>
        );
      })}
    </div>
  );
}

type GripProps = { name: string; width: number; onResize: (width: number, isOver: boolean) => void };

function Grip({ name, width, onResize }: GripProps) {
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    const from = event.clientX;
    const grip = event.currentTarget;
    grip.setPointerCapture(event.pointerId);
    let now = width;
    const move = (moved: globalThis.PointerEvent) => {
      now = width + moved.clientX - from;
      onResize(now, false);
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener(
      "lostpointercapture",
      () => {
        grip.removeEventListener("pointermove", move);
        onResize(now, true);
      },
      { once: true },
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onResize(width + step, true);
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={name}
      aria-valuenow={width}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      tabIndex={0}
      className={classes.grip}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  );
}
