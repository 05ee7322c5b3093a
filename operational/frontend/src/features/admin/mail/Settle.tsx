import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconRefresh, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { authRefreshMail, authRemoveMail, type MailDetail } from "@/api";
import { Confirm } from "@/components/Confirm";
import { notifyProblem } from "@/components/notifyProblem";

/** Sends a stuck mail once more, or gives it up. */
export function Settle({ mail }: { mail: MailDetail }) {
  const { t } = useTranslation();
  const [isAgain, again] = useDisclosure(false);
  const [isDiscarded, discard] = useDisclosure(false);
  const settle = useSettle(mail.id);
  return (
    <Group gap="sm">
      <Button
        size="compact-md"
        leftSection={<IconRefresh size={16} />}
        loading={settle.isPending && settle.variables === "again"}
        // it may arrive twice: that is asked about first
        onClick={mail.is_uncertain ? again.open : () => settle.mutate("again")}
      >
        {t("admin.mail.again")}
      </Button>
      <Button size="compact-md" variant="default" leftSection={<IconTrash size={16} />} onClick={discard.open}>
        {t("admin.mail.discard")}
      </Button>
      <Confirm
        title={t("admin.mail.againTitle")}
        action={t("admin.mail.again")}
        opened={isAgain}
        onClose={again.close}
        onConfirm={() => settle.mutate("again")}
        isPending={settle.isPending}
      >
        {t("admin.mail.againText", { recipient: mail.recipient })}
      </Confirm>
      <Confirm
        title={t("admin.mail.discardTitle")}
        action={t("admin.mail.discard")}
        opened={isDiscarded}
        onClose={discard.close}
        onConfirm={() => settle.mutate("discard")}
        isPending={settle.isPending}
        isDangerous
      >
        {t("admin.mail.discardText", { recipient: mail.recipient })}
      </Confirm>
    </Group>
  );
}

function useSettle(id: string) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (what: "again" | "discard") => {
      const options = { path: { mail_id: id }, throwOnError: true } as const;
      return what === "again" ? authRefreshMail(options) : authRemoveMail(options);
    },
    onSuccess: (_, what) => notifications.show({ message: t(`admin.mail.${what}Done`) }),
    onError: notifyProblem,
    onSettled: () => client.invalidateQueries({ queryKey: ["mail"] }),
  });
}
