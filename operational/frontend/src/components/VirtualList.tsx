import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef } from "react";
import { useCommand } from "@/commands/registry";
import classes from "./VirtualList.module.css";

type Props = {
  /** Names the list for those who hear it. */
  label: string;
  /** All rows, also those not loaded. */
  count: number;
  /** Height of a row in px. */
  rowHeight: number;
  /** Cells of a row (each with role gridcell); rows not loaded show their skeleton. */
  renderRow: (index: number) => ReactNode;
  /** Index of the marked row, -1 for none. */
  active: number;
  onActive: (index: number) => void;
  onOpen: (index: number) => void;
  /** Called with the first and last row on the screen, for loading. */
  onRange?: (first: number, last: number) => void;
  /** The head, a row of column headers; scrolls with the rows sideways. */
  head?: ReactNode;
  /** Least width of the rows in px, beyond which the list scrolls sideways. */
  minWidth?: number;
  /** Remembers how far the list was scrolled (px) for its next showing. */
  place?: RefObject<{ offset: number }>;
  /** Whether the list has the keys j, k and Enter; off when another list has. */
  hasKeys?: boolean;
};

/** A list of any length of which only the rows on the screen exist; marked by keys or mouse, opened by Enter or click. */
export function VirtualList(props: Props) {
  const {
    label,
    count,
    rowHeight,
    renderRow,
    active,
    onActive,
    onOpen,
    onRange,
    head,
    minWidth,
    place,
    hasKeys = true,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 4,
    // about what the measure will say, so that the first rows need not wait for it
    initialRect: { width: 0, height: window.innerHeight - 180 },
    scrollPaddingStart: head ? 36 : 0,
    initialOffset: place?.current.offset,
    onChange: (list) => {
      if (place) place.current.offset = list.scrollOffset ?? 0;
    },
  });
  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the measure must follow the height of rows
  useEffect(() => rows.measure(), [rowHeight, rows]);
  useEffect(() => onRange?.(first, last), [first, last, onRange]);
  const move = (to: number) => {
    const index = Math.max(0, Math.min(count - 1, to));
    if (count === 0) return;
    onActive(index);
    rows.scrollToIndex(index);
  };
  useCommand("list.next", () => move(active + 1), !hasKeys);
  useCommand("list.previous", () => move(active - 1), !hasKeys);
  useCommand("list.open", () => active >= 0 && onOpen(active), !hasKeys);
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const to = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (to === undefined || event.target !== event.currentTarget) return;
    event.preventDefault();
    move(to);
  };
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label={label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      aria-rowcount={count + (head ? 1 : 0)}
      aria-activedescendant={active >= first && active <= last ? `${id}-${active}` : undefined}
    >
      {head && (
        <div className={classes.head} role="rowgroup" style={{ minWidth }}>
          {head}
        </div>
      )}
      <div className={classes.body} role="rowgroup" style={{ height: rows.getTotalSize(), minWidth }}>
        {items.map((item) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the commands of the list
          <div
            key={item.key}
            id={`${id}-${item.index}`}
            role="row"
            aria-rowindex={item.index + (head ? 2 : 1)}
            aria-selected={item.index === active}
            className={classes.row}
            style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
            onClick={(event) => {
              if ((event.target as HTMLElement).closest("a") && (event.ctrlKey || event.metaKey || event.button === 1))
                return;
              event.preventDefault();
              onActive(item.index);
              onOpen(item.index);
            }}
          >
            {renderRow(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
