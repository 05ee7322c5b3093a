import { Button, Skeleton, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { authEndOneSession, authEndOtherSessions, authListSessions, data, type SessionOut } from "@/api";
import { notifyProblem, problemText } from "@/components/notifyProblem";
import classes from "./Account.module.css";
import { SessionText } from "./SessionText";
import { clientName } from "./userAgent";

const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async ({ signal }) => (await data(authListSessions({ signal, throwOnError: true }))).items,
});

/** Where the person is logged in, and a way to end what they do not know. */
export function Sessions() {
  const { t } = useTranslation();
  const { data: sessions, error } = useQuery(sessionsQuery);
  const { endOne, endOthers } = useEnding();
  const others = (sessions ?? []).filter((session) => !session.is_current);
  return (
    <section className={classes.part} aria-label={t("account.sessions")}>
      <div className={classes.head}>
        <h2 className={classes.partTitle}>{t("account.sessions")}</h2>
        {others.length > 0 && (
          <Button variant="default" size="compact-md" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t("account.endOthers")}
          </Button>
        )}
      </div>
      <Text c="dimmed" maw={680}>
        {t("account.sessionsHelp")}
      </Text>
      {error && <Text role="alert">{problemText(error)}</Text>}
      {!sessions && !error && <Skeleton height={140} animate={false} />}
      <ul className={classes.list}>
        {sessions?.map((session) => (
          <Line
            key={session.id}
            session={session}
            isEnding={endOne.isPending && endOne.variables === session.id}
            onEnd={() => endOne.mutate(session.id)}
          />
        ))}
      </ul>
    </section>
  );
}

function Line({ session, isEnding, onEnd }: { session: SessionOut; isEnding: boolean; onEnd: () => void }) {
  const { t } = useTranslation();
  const name = clientName(session.user_agent) ?? t("account.unknownClient");
  return (
    <li className={classes.line}>
      <SessionText session={session} />
      {!session.is_current && (
        <Button
          variant="default"
          size="compact-md"
          loading={isEnding}
          onClick={onEnd}
          aria-label={t("account.endNamed", { name })}
        >
          {t("account.end")}
        </Button>
      )}
    </li>
  );
}

function useEnding() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const endOne = useMutation({
    mutationFn: (id: string) => authEndOneSession({ path: { session_id: id }, throwOnError: true }),
    onError: notifyProblem,
    onSettled,
  });
  const endOthers = useMutation({
    mutationFn: () => data(authEndOtherSessions({ throwOnError: true })),
    onSuccess: ({ ended }) => notifications.show({ message: t("account.ended", { count: ended }) }),
    onError: notifyProblem,
    onSettled,
  });
  return { endOne, endOthers };
}
