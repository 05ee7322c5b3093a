import { Alert, Button, NumberInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { data, type TimeIn, ticketsAddTime } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { useOnce } from "@/components/useOnce";
import { type Billable, BillableSelect, billableOf, type WorkType, WorkTypeSelect } from "@/features/timer/WorkFields";
import { formatNumber } from "@/i18n/format";
import classes from "./Composer.module.css";
import { readAnew } from "./queries";
import { clockAfter, clockOf, dayOf, spanOf } from "./timeSpan";

type Props = { ticketId: string; number: string; onDone: () => void };
const USUAL = 15;

function firstValues() {
  const now = new Date();
  return {
    day: dayOf(new Date(now.getTime() - USUAL * 60_000)),
    start: clockOf(new Date(now.getTime() - USUAL * 60_000)),
    end: clockOf(now),
    minutes: USUAL,
    workType: "remote" as WorkType,
    billable: "open" as Billable,
  };
}

/** Enters work already done: when, how long without breaks, of what kind. */
export function TimeForm({ ticketId, number, onDone }: Props) {
  const { t } = useTranslation();
  const [values, setValues] = useState(firstValues);
  const span = spanOf(values.day, values.start, values.end);
  const enter = useEnter(ticketId, number, onDone);
  const set = (part: Partial<typeof values>) => {
    const next = { ...values, ...part };
    const between = spanOf(next.day, next.start, next.end)?.minutes ?? next.minutes;
    // a new span is all work until somebody takes a break out of it
    setValues("minutes" in part ? next : { ...next, minutes: between });
  };
  const setMinutes = (minutes: number) => {
    if (span && minutes > span.minutes) setValues({ ...values, minutes, end: clockAfter(values.start, minutes) });
    else setValues({ ...values, minutes });
  };
  const submit = () => {
    if (!span || span.minutes === 0) return;
    enter.mutate({
      started_at: span.started.toISOString(),
      ended_at: span.ended.toISOString(),
      minutes: Math.min(values.minutes, span.minutes),
      work_type: values.workType,
      billable: billableOf(values.billable),
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {enter.error && (
        <Alert color="bad" variant="light" role="alert" p="sm" mb="sm">
          {problemText(enter.error)}
        </Alert>
      )}
      <div className={classes.time}>
        <TextInput
          type="date"
          size="xs"
          required
          withAsterisk={false}
          label={t("ticket.time.day")}
          value={values.day}
          max={dayOf(new Date())}
          autoFocus
          onChange={(event) => set({ day: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          size="xs"
          required
          withAsterisk={false}
          label={t("ticket.time.start")}
          value={values.start}
          onChange={(event) => set({ start: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          size="xs"
          required
          withAsterisk={false}
          label={t("ticket.time.end")}
          value={values.end}
          onChange={(event) => set({ end: event.currentTarget.value })}
        />
        <NumberInput
          size="xs"
          w={90}
          required
          withAsterisk={false}
          label={t("ticket.time.minutes")}
          title={t("ticket.time.minutesHelp")}
          value={values.minutes}
          min={1}
          max={1440}
          allowDecimal={false}
          allowNegative={false}
          onChange={(value) => typeof value === "number" && setMinutes(value)}
        />
        <WorkTypeSelect
          size="xs"
          w={130}
          value={values.workType}
          onChange={(workType) => setValues({ ...values, workType })}
        />
        <BillableSelect
          size="xs"
          w={130}
          value={values.billable}
          onChange={(billable) => setValues({ ...values, billable })}
        />
        <Button type="submit" size="xs" loading={enter.isPending} disabled={!span || span.minutes === 0}>
          {t("ticket.time.enter")}
        </Button>
      </div>
    </form>
  );
}

function useEnter(ticketId: string, number: string, onDone: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const once = useOnce();
  return useMutation({
    mutationKey: ["ticket", ticketId],
    // after it the ticket has another version: what is changed next waits
    scope: { id: `ticket ${ticketId}` },
    mutationFn: (body: TimeIn) =>
      data(ticketsAddTime({ path: { ticket_id: ticketId }, body, headers: once(body), throwOnError: true })),
    onSuccess: (entry) => {
      readAnew(client, ticketId);
      notifications.show({ message: t("ticket.time.entered", { minutes: formatNumber(entry.minutes), number }) });
      onDone();
    },
  });
}
