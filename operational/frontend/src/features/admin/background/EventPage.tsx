import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconRefresh, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { gatewayRefreshParkedEvent, gatewayRemoveParkedEvent, type ParkedEventDetail } from "@/api";
import { useCommand } from "@/commands/registry";
import { Confirm } from "@/components/Confirm";
import { notifyProblem } from "@/components/notifyProblem";
import { Block, Fact, Facts } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead, RecordMissing } from "@/features/crm/RecordHead";
import { formatDateTime, formatNumber } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { EventBadge } from "./Badges";
import { oneEventQuery } from "./queries";
import { eventTrouble } from "./words";

/** One event that was not handled: why, what it says, and what can be done. */
export function EventPage() {
  const { parkedId } = useParams({ from: "/inside/background/events/$parkedId" });
  const navigate = useNavigate();
  const { data: event, error } = useQuery(oneEventQuery(parkedId));
  const back = () => void navigate({ to: "/background/events", search: (search) => search });
  useCommand("page.back", back);
  if (!event) return <RecordMissing error={error} onBack={back} />;
  return <OneEvent key={event.id} event={event} onBack={back} />;
}

function OneEvent({ event, onBack }: { event: ParkedEventDetail; onBack: () => void }) {
  const { t } = useTranslation();
  const mayManage = useMay("auth.background.manage");
  return (
    <article className={crm.record} aria-label={event.topic}>
      <RecordHead name={event.topic} onBack={onBack}>
        <Facts>
          <Fact name={t("admin.staff.state")}>
            <EventBadge status={event.status} />
          </Fact>
          <Fact name={t("background.consumer")}>{event.consumer}</Fact>
          <Fact name={t("background.occurred")}>{formatDateTime(event.occurred_at)}</Fact>
          <Fact name={t("background.record")}>
            {t("background.recordVersion", { kind: event.aggregate, version: event.aggregate_version })}
          </Fact>
          <Fact name={t("background.attempts")}>{formatNumber(event.attempts)}</Fact>
        </Facts>
      </RecordHead>
      <div className={classes.mail}>
        <section className={classes.trouble} aria-label={t("background.trouble")} data-stuck={event.status === "dead"}>
          <p className={classes.plain}>{eventTrouble(t, event)}</p>
          {event.last_error && <p className={classes.soft}>{event.last_error}</p>}
          {event.status !== "discarded" && mayManage && <Settle event={event} />}
        </section>
        <Block title={t("background.content")}>
          <pre className={classes.payload}>{JSON.stringify(event.payload, null, 2)}</pre>
        </Block>
      </div>
    </article>
  );
}

function Settle({ event }: { event: ParkedEventDetail }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isAsked, asked] = useDisclosure(false);
  const settle = useMutation({
    mutationFn: (what: "again" | "discard") => {
      const options = { path: { parked_id: event.id }, throwOnError: true } as const;
      return what === "again" ? gatewayRefreshParkedEvent(options) : gatewayRemoveParkedEvent(options);
    },
    onSuccess: (_, what) => notifications.show({ message: t(`background.${what}Done`) }),
    onError: notifyProblem,
    onSettled: () => {
      asked.close();
      return client.invalidateQueries({ queryKey: ["background"] });
    },
  });
  return (
    <Group gap="sm">
      {event.last_error && (
        <Button
          size="compact-md"
          leftSection={<IconRefresh size={16} />}
          loading={settle.isPending && settle.variables === "again"}
          onClick={() => settle.mutate("again")}
        >
          {t("background.again")}
        </Button>
      )}
      <Button size="compact-md" variant="default" leftSection={<IconTrash size={16} />} onClick={asked.open}>
        {t("background.discard")}
      </Button>
      <Confirm
        title={t("background.discardTitle")}
        action={t("background.discard")}
        opened={isAsked}
        onClose={asked.close}
        onConfirm={() => settle.mutate("discard")}
        isPending={settle.isPending}
        isDangerous
      >
        {t("background.discardText", { consumer: event.consumer })}
      </Confirm>
    </Group>
  );
}
