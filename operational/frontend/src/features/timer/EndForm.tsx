import { Alert, Button, Group, NumberInput, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, data, type TimerEnd, type TimerOut, ticketsEndTimer, ticketsRemoveTimer } from "@/api";
import { notifyProblem, problemText } from "@/components/notifyProblem";
import { useNow } from "@/components/useNow";
import { useOnce } from "@/components/useOnce";
import { readAnew } from "@/features/ticket/queries";
import { formatNumber } from "@/i18n/format";
import { setEnding, timerQuery, useStartTimer } from "./useTimer";
import { type Billable, BillableSelect, billableOf, type WorkType, WorkTypeSelect } from "./WorkFields";

const LONGEST = 24 * 60;
type Props = { timer: TimerOut; next: string | null };

/** Minutes from an instant until now; a started one counts whole. */
export function minutesSince(instant: string, now: number): number {
  return Math.max(1, Math.ceil((now - new Date(instant).getTime()) / 60_000));
}

/** Ends the timer: how long it was really work, and of what kind. */
export function EndForm({ timer, next }: Props) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const passed = minutesSince(timer.started_at, now);
  const [minutes, setMinutes] = useState<number | null>(null);
  const [workType, setWorkType] = useState<WorkType>("remote");
  const [billable, setBillable] = useState<Billable>("open");
  const end = useEnd(timer, next);
  const isForgotten = passed > LONGEST;
  const submit = () =>
    end.mutate({
      work_type: workType,
      ...(billable !== "open" && { billable: billableOf(billable) }),
      ...(minutes !== null && minutes < passed && { minutes }),
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="sm">
        {next && <Text size="sm">{t("ticket.timer.other", { number: timer.number })}</Text>}
        {isForgotten ? (
          <Alert color="warn" variant="light">
            {t("ticket.timer.forgotten")}
          </Alert>
        ) : (
          <>
            <NumberInput
              label={t("ticket.time.minutes")}
              description={t("ticket.timer.passed", { minutes: formatNumber(passed) })}
              value={minutes ?? passed}
              min={1}
              max={passed}
              clampBehavior="strict"
              allowDecimal={false}
              allowNegative={false}
              onChange={(value) => setMinutes(typeof value === "number" ? value : null)}
              data-autofocus
            />
            <WorkTypeSelect value={workType} onChange={setWorkType} />
            <BillableSelect value={billable} onChange={setBillable} />
          </>
        )}
        {end.error && (
          <Alert color="bad" variant="light" role="alert">
            {problemText(end.error)}
          </Alert>
        )}
        <Group justify="space-between" gap="sm">
          <Discard next={next} />
          {!isForgotten && (
            <Button type="submit" loading={end.isPending}>
              {t(next ? "ticket.timer.enterAndStart" : "ticket.time.enter")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function useEnd(timer: TimerOut, next: string | null) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const start = useStartTimer();
  const once = useOnce();
  return useMutation({
    mutationFn: (body: TimerEnd) => data(ticketsEndTimer({ body, headers: once(body), throwOnError: true })),
    onSuccess: (entry) => {
      client.setQueryData(timerQuery.queryKey, null);
      readAnew(client, entry.ticket_id);
      notifications.show({
        message: t("ticket.time.entered", { minutes: formatNumber(entry.minutes), number: timer.number }),
      });
      setEnding(false);
      if (next) start.mutate(next);
    },
    onError: (error) => {
      // it was ended elsewhere
      if (error instanceof ApiProblem && error.code === "no_timer")
        void client.invalidateQueries({ queryKey: timerQuery.queryKey });
    },
  });
}

function Discard({ next }: { next: string | null }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const start = useStartTimer();
  const [isAsked, setAsked] = useState(false);
  const discard = useMutation({
    mutationFn: () => ticketsRemoveTimer({ throwOnError: true }),
    onSuccess: () => {
      client.setQueryData(timerQuery.queryKey, null);
      setEnding(false);
      if (next) start.mutate(next);
    },
    onError: (error) => {
      void client.invalidateQueries({ queryKey: timerQuery.queryKey });
      notifyProblem(error);
    },
  });
  return (
    <Button
      variant={isAsked ? "filled" : "subtle"}
      color="bad"
      loading={discard.isPending}
      onBlur={() => setAsked(false)}
      onClick={() => (isAsked ? discard.mutate() : setAsked(true))}
    >
      {t(isAsked ? "ticket.timer.discardReally" : "ticket.timer.discard")}
    </Button>
  );
}
