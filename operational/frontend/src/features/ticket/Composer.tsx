import { Alert, Button, Menu, SegmentedControl, Text, Textarea } from "@mantine/core";
import { IconChevronDown, IconLock } from "@tabler/icons-react";
import { type Ref, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { useCommand } from "@/commands/registry";
import { problemText } from "@/components/notifyProblem";
import { useMay } from "@/session/useSession";
import classes from "./Composer.module.css";
import { TimeForm } from "./TimeForm";
import { type Mode, useSend } from "./useSend";
import type { Ticket } from "./useTicket";

type Tab = Mode | "time";

/** Where something is written to the customer or to colleagues, and where time is entered. */
export function Composer({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const mayReply = useMay("tickets.ticket.reply");
  const mayTime = useMay("tickets.time_entry.create");
  const { draft, change, send } = useSend(ticket.id);
  const [isTime, setTime] = useState(false);
  const [isOpen, setOpen] = useState(draft.reply !== "" || draft.note !== "");
  const field = useRef<HTMLTextAreaElement>(null);
  const tab: Tab = isTime || !mayReply ? "time" : draft.mode;
  const choose = (next: Tab) => {
    // whoever types on at once must not give commands
    flushSync(() => {
      setOpen(true);
      setTime(next === "time");
      if (next !== "time") change({ mode: next });
    });
    if (next !== "time") field.current?.focus();
  };
  useCommand("ticket.reply", () => choose("reply"), !mayReply);
  useCommand("ticket.note", () => choose("note"), !mayReply);
  useCommand("ticket.addTime", () => choose("time"), !mayTime);
  if (!mayReply && !mayTime) return null;
  const tabs: Tab[] = [...(mayReply ? (["reply", "note"] as const) : []), ...(mayTime ? (["time"] as const) : [])];
  return (
    <section className={classes.composer} data-mode={tab} aria-label={t("ticket.compose")}>
      <div className={classes.top}>
        <SegmentedControl
          size="xs"
          value={tab}
          styles={{ label: { color: "var(--psa-ink)" } }}
          onChange={(value) => choose(value as Tab)}
          aria-label={t("ticket.composeKind")}
          data={tabs.map((value) => ({ value, label: t(`ticket.tab.${value}`) }))}
        />
        <Audience tab={tab} contact={ticket.contact_name ?? null} />
      </div>
      {tab === "time" ? (
        <TimeForm
          ticketId={ticket.id}
          number={ticket.number}
          onDone={() => {
            setTime(false);
            setOpen(false);
          }}
        />
      ) : (
        <Writing
          key={tab}
          ref={field}
          mode={tab}
          text={draft[tab]}
          isOpen={isOpen}
          onOpen={() => setOpen(true)}
          onSent={() => {
            // the keys belong to the page again
            field.current?.blur();
            setOpen(false);
          }}
          onText={(text) => change({ [tab]: text })}
          send={send}
        />
      )}
    </section>
  );
}

function Audience({ tab, contact }: { tab: Tab; contact: string | null }) {
  const { t } = useTranslation();
  if (tab === "time") return null;
  return (
    <Text className={classes.audience}>
      {tab === "note" && <IconLock size={14} stroke={1.75} aria-hidden color="var(--psa-warn)" />}
      {tab === "note" ? t("ticket.onlyColleagues") : contact ? t("ticket.to", { name: contact }) : t("ticket.toNobody")}
    </Text>
  );
}

type WritingProps = {
  ref: Ref<HTMLTextAreaElement>;
  mode: Mode;
  text: string;
  isOpen: boolean;
  onOpen: () => void;
  onSent: () => void;
  onText: (text: string) => void;
  send: ReturnType<typeof useSend>["send"];
};

function Writing({ ref, mode, text, isOpen, onOpen, onSent, onText, send }: WritingProps) {
  const { t } = useTranslation();
  const isEmpty = text.trim() === "";
  const submit = (status?: "resolved" | "waiting_customer") => {
    if (!isEmpty && !send.isPending) send.mutate({ mode, body: text.trim(), status }, { onSuccess: onSent });
  };
  return (
    <>
      {send.error && (
        <Alert color="bad" variant="light" role="alert" p="sm">
          {problemText(send.error)} {t("ticket.textKept")}
        </Alert>
      )}
      <Textarea
        ref={ref}
        rows={isOpen ? 4 : 1}
        data-open={isOpen || undefined}
        value={text}
        aria-label={t(`ticket.write.${mode}`)}
        maxLength={100_000}
        placeholder={t(`ticket.write.${mode}`)}
        readOnly={send.isPending}
        onFocus={onOpen}
        classNames={{ input: classes.input }}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      {isOpen && (
        <div className={classes.actions}>
          <Text className={classes.hint}>{t("ticket.sendKeys")}</Text>
          <Button.Group>
            <Button size="xs" disabled={isEmpty} loading={send.isPending} onClick={() => submit()}>
              {t(`ticket.send.${mode}`)}
            </Button>
            {mode === "reply" && (
              <Menu position="top-end" withinPortal>
                <Menu.Target>
                  <Button
                    size="xs"
                    px={6}
                    disabled={isEmpty || send.isPending}
                    aria-label={t("ticket.sendMore")}
                    className={classes.more}
                  >
                    <IconChevronDown size={16} />
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => submit("resolved")}>{t("ticket.send.resolved")}</Menu.Item>
                  <Menu.Item onClick={() => submit("waiting_customer")}>{t("ticket.send.waiting_customer")}</Menu.Item>
                </Menu.Dropdown>
              </Menu>
            )}
          </Button.Group>
        </div>
      )}
    </>
  );
}
