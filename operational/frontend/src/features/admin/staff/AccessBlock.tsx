import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { authAddInvitation, type UserDetail } from "@/api";
import { notifyProblem } from "@/components/notifyProblem";
import { Block } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { formatDateTime } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { userQuery } from "../queries";
import { invitationOf } from "./state";

/** Whether a person can log in, and a new link for those who cannot. */
export function AccessBlock({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const mayMail = useMay("auth.mail.read");
  const invite = useInvite(user);
  const state = invitationOf(user);
  const until = user.invited_until && formatDateTime(user.invited_until);
  return (
    <Block title={t("admin.staff.password")}>
      <div className={classes.inside}>
        <span>{t(`admin.staff.invitation_${state}`, { until })}</span>
        {user.is_active && user.email && (
          <>
            <Button
              variant="default"
              size="compact-md"
              className={classes.start}
              loading={invite.isPending}
              onClick={() => invite.mutate()}
            >
              {t(`admin.staff.send_${state}`)}
            </Button>
            <span className={classes.soft}>{t("admin.staff.linkHelp", { email: user.email })}</span>
            {mayMail && (
              <Link to="/mail" search={{}} className={`${crm.link} ${classes.start}`}>
                {t("admin.staff.seeMail")}
              </Link>
            )}
          </>
        )}
        {!user.is_active && <span className={classes.soft}>{t("admin.staff.noLinkInactive")}</span>}
      </div>
    </Block>
  );
}

function useInvite(user: UserDetail) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => authAddInvitation({ path: { user_id: user.id }, throwOnError: true }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: userQuery(user.id).queryKey });
      void client.invalidateQueries({ queryKey: ["mail"] });
      notifications.show({ message: t("admin.staff.linkSent", { email: user.email }) });
    },
    onError: notifyProblem,
  });
}
