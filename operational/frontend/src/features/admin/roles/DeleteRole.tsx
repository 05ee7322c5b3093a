import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { authDeleteRole, type RoleOut } from "@/api";
import { Confirm } from "@/components/Confirm";
import { problemText } from "@/components/notifyProblem";
import classes from "../Admin.module.css";
import { rolesQuery } from "../queries";

/** Removes a role of the company's own that nobody holds. */
export function DeleteRole({ role, onGone }: { role: RoleOut; onGone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isAsked, ask] = useDisclosure(false);
  const remove = useMutation({
    mutationFn: () => authDeleteRole({ path: { role_id: role.id }, throwOnError: true }),
    onSuccess: () => {
      ask.close();
      onGone();
      void client.invalidateQueries({ queryKey: rolesQuery.queryKey });
    },
    onError: () => client.invalidateQueries({ queryKey: rolesQuery.queryKey }),
  });
  if (role.people > 0) return <span className={classes.soft}>{t("admin.role.keptByPeople")}</span>;
  return (
    <>
      <Button size="compact-md" variant="default" leftSection={<IconTrash size={16} />} onClick={ask.open}>
        {t("admin.role.delete")}
      </Button>
      <Confirm
        title={t("admin.role.deleteTitle", { name: role.name })}
        action={t("admin.role.delete")}
        opened={isAsked}
        onClose={ask.close}
        onConfirm={() => remove.mutate()}
        isPending={remove.isPending}
        isDangerous
      >
        {t("admin.role.deleteText")}
        {remove.error && (
          <p role="alert" className={classes.refused}>
            {problemText(remove.error)}
          </p>
        )}
      </Confirm>
    </>
  );
}
