import { Button, Skeleton, Text } from "@mantine/core";
import { memo, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EventOut } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { formatDate } from "@/i18n/format";
import { useMe } from "@/session/useSession";
import classes from "./Timeline.module.css";
import { ChangeItem, MessageItem } from "./TimelineItems";

/** So many of the newest events are drawn; the earlier ones when somebody asks. */
const DRAWN = 60;

type Props = {
  events: EventOut[] | undefined;
  channel: string | null | undefined;
  error: unknown;
  onAgain: () => void;
};

/** What happened to a ticket, the newest at the end and in view. */
export function Timeline({ events, channel, error, onAgain }: Props) {
  const { t } = useTranslation();
  const [isLong, setLong] = useState(false);
  const skipped = isLong || !events ? 0 : Math.max(0, events.length - DRAWN);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={classes.scroller} aria-label={t("ticket.timeline")} tabIndex={0}>
      <div className={classes.inner}>
        {skipped > 0 && (
          <Button variant="subtle" size="compact-sm" onClick={() => setLong(true)}>
            {t("ticket.earlier", { count: skipped })}
          </Button>
        )}
        {events && <Events events={events} from={skipped} channel={channel ?? null} />}
        {!events && !error && <Waiting />}
        {error !== null && error !== undefined && (
          <div role="alert">
            <Text>{problemText(error)}</Text>
            <Button mt="sm" variant="default" size="xs" onClick={onAgain}>
              {t("problem.again")}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

const Events = memo(function Events({
  events,
  from,
  channel,
}: {
  events: EventOut[];
  from: number;
  channel: string | null;
}) {
  const { t } = useTranslation();
  const me = useMe();
  // what was there when the page was opened is not news
  const known = useRef(events.at(-1)?.seq ?? 0);
  const days = useMemo(() => events.map((event) => formatDate(event.occurred_at)), [events]);
  return (
    <ol className={classes.list}>
      {events.slice(from).map((event, offset) => {
        const index = from + offset;
        const isNews = event.seq > known.current && event.actor_id !== me.id;
        const Item = event.body === null ? ChangeItem : MessageItem;
        return (
          <li key={event.id} className={classes.item} data-news={isNews || undefined}>
            {(offset === 0 || days[index] !== days[index - 1]) && <div className={classes.day}>{days[index]}</div>}
            {isNews && <span className="visually-hidden">{t("ticket.news")}</span>}
            <Item event={event} before={events[index - 1]} channel={channel} />
          </li>
        );
      })}
    </ol>
  );
});

function Waiting() {
  return (
    <div className={classes.list} aria-hidden>
      {[88, 18, 120].map((height) => (
        <Skeleton key={height} height={height} animate={false} />
      ))}
    </div>
  );
}
