import { Button } from "@mantine/core";
import { IconArrowsExchange, IconLock, IconRobot } from "@tabler/icons-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EventOut } from "@/api";
import { useNow } from "@/components/useNow";
import { formatDateTime, formatDistance } from "@/i18n/format";
import { actorText, alsoText, eventText } from "./eventText";
import classes from "./Timeline.module.css";

type Props = { event: EventOut; before: EventOut | undefined; channel: string | null };
const LONG = 2500;

/** How long ago, and exactly when to those who point at it. */
export function Moment({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatDateTime(at)} className={classes.time}>
      {formatDistance(at, now)}
    </time>
  );
}

/** A change in one line. */
export const ChangeItem = memo(function ChangeItem({ event, before, channel }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.change}>
      <IconArrowsExchange size={14} stroke={1.5} aria-hidden className={classes.changeIcon} />
      <span className={classes.sentence}>{eventText(t, event, before, channel)}</span>
      <Moment at={event.occurred_at} />
    </div>
  );
});

/** Who is speaking: the customer, the desk to the customer, the desk to itself, or a machine. */
function voice(event: EventOut): "contact" | "reply" | "note" | "machine" {
  if (event.kind === "note" || event.is_public === false) return "note";
  if (event.kind === "created" || event.actor_kind === "contact") return "contact";
  return event.actor_kind === "system" ? "machine" : "reply";
}

/** Something written: by the customer, to the customer, or for colleagues only. */
export const MessageItem = memo(function MessageItem(props: Props) {
  const { event, before, channel } = props;
  const { t } = useTranslation();
  const speaks = voice(event);
  if (speaks === "machine" && event.kind === "reply") return <AutoReply event={event} />;
  const also = alsoText(t, event, before);
  return (
    <article className={classes.message} data-voice={speaks}>
      <header className={classes.messageHead}>
        {speaks === "note" && <IconLock size={14} stroke={1.75} aria-hidden color="var(--psa-warn)" />}
        {event.kind === "created" ? (
          <strong className={classes.who}>{eventText(t, event, before, channel)}</strong>
        ) : (
          <>
            <strong className={classes.who}>{actorText(t, event)}</strong>
            <span className={classes.voice}>{t(`ticket.voice.${speaks}`)}</span>
          </>
        )}
        <Moment at={event.occurred_at} />
      </header>
      <Body text={event.body ?? ""} />
      {also && <footer className={classes.messageFoot}>{also}</footer>}
    </article>
  );
});

function Body({ text }: { text: string }) {
  const { t } = useTranslation();
  const [isWhole, setWhole] = useState(text.length <= LONG);
  return (
    <>
      <div className={classes.body}>{isWhole ? text : `${text.slice(0, LONG - 500)} …`}</div>
      {!isWhole && (
        <Button variant="subtle" size="compact-sm" onClick={() => setWhole(true)}>
          {t("ticket.whole")}
        </Button>
      )}
    </>
  );
}

function AutoReply({ event }: { event: EventOut }) {
  const { t } = useTranslation();
  return (
    <details className={classes.auto}>
      <summary className={classes.change}>
        <IconRobot size={14} stroke={1.5} aria-hidden className={classes.changeIcon} />
        <span className={classes.sentence}>{t("ticket.autoReply")}</span>
        <Moment at={event.occurred_at} />
      </summary>
      <div className={classes.body}>{event.body}</div>
    </details>
  );
}
