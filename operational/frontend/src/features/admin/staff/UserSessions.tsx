import { Button, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { authEndUserSessions, data, type UserDetail } from "@/api";
import { notifyProblem, problemText } from "@/components/notifyProblem";
import { SessionText } from "@/features/account/SessionText";
import { Block } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { formatNumber } from "@/i18n/format";
import classes from "../Admin.module.css";
import { userSessionsQuery } from "../queries";

/** Where a person is logged in, and a way to end all of it. */
export function UserSessions({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = userSessionsQuery(user.id);
  const { data: sessions, error } = useQuery(query);
  const end = useMutation({
    mutationFn: () => data(authEndUserSessions({ path: { user_id: user.id }, throwOnError: true })),
    onSuccess: ({ ended }) => notifications.show({ message: t("account.ended", { count: ended }) }),
    onError: notifyProblem,
    onSettled: () => client.invalidateQueries({ queryKey: query.queryKey }),
  });
  return (
    <Block
      title={t("account.sessions")}
      count={sessions && formatNumber(sessions.length)}
      action={
        sessions &&
        sessions.length > 0 && (
          <Button size="compact-sm" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
            {t("admin.staff.endAll")}
          </Button>
        )
      }
    >
      {error && (
        <div role="alert" className={crm.none}>
          {problemText(error)}
        </div>
      )}
      {!sessions && !error && <Skeleton height={72} m={12} w="auto" animate={false} />}
      {sessions?.length === 0 && <div className={crm.none}>{t("admin.staff.noSessions")}</div>}
      <ul className={crm.lines}>
        {sessions?.map((session) => (
          <li key={session.id} className={classes.line}>
            <SessionText session={session} />
          </li>
        ))}
      </ul>
    </Block>
  );
}
