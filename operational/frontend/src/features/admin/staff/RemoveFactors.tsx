import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiProblem, authRemoveUserSecondFactors, type UserDetail } from "@/api";
import { Confirm } from "@/components/Confirm";
import { problemText } from "@/components/notifyProblem";
import { Block } from "@/features/crm/Block";
import classes from "../Admin.module.css";

/** For somebody who has lost their second factor: all of it is forgotten. */
export function RemoveFactors({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const [isAsked, ask] = useDisclosure(false);
  const remove = useMutation({
    mutationFn: () => authRemoveUserSecondFactors({ path: { user_id: user.id }, throwOnError: true }),
    onSuccess: () => {
      ask.close();
      notifications.show({ message: t("admin.staff.factorsGone", { name: user.name }) });
    },
  });
  const hasNone = remove.error instanceof ApiProblem && remove.error.status === 404;
  const open = () => {
    remove.reset();
    ask.open();
  };
  return (
    <Block title={t("account.factors.title")}>
      <div className={classes.inside}>
        <span>{t("admin.staff.factorsHelp")}</span>
        <Button variant="default" size="compact-md" className={classes.start} onClick={open}>
          {t("admin.staff.removeFactors")}
        </Button>
      </div>
      <Confirm
        title={t("admin.staff.removeFactorsTitle", { name: user.name })}
        action={t("admin.staff.removeFactors")}
        opened={isAsked}
        onClose={ask.close}
        onConfirm={() => remove.mutate()}
        isPending={remove.isPending}
        isDangerous
      >
        {t("admin.staff.removeFactorsText")}
        {remove.error && (
          <p role="alert" className={classes.refused}>
            {hasNone ? t("admin.staff.noFactors") : problemText(remove.error)}
          </p>
        )}
      </Confirm>
    </Block>
  );
}
