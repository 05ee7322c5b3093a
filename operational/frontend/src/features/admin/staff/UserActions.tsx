import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPencil, IconUserCheck, IconUserOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authUpdateUser, type UserChange, type UserDetail } from "@/api";
import { Confirm } from "@/components/Confirm";
import { problemText } from "@/components/notifyProblem";
import { useMe } from "@/session/useSession";
import classes from "../Admin.module.css";
import { activeAgain, yesterday } from "./state";
import { UserForm } from "./UserForm";
import { useUserChange } from "./useUserChange";

/** What can be done with a person. */
export function UserActions({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const [isEdited, form] = useDisclosure(false);
  return (
    <>
      <Button size="compact-md" variant="default" leftSection={<IconPencil size={16} />} onClick={form.open}>
        {t("crm.edit")}
      </Button>
      <Activity user={user} />
      <UserForm user={user} opened={isEdited} onClose={form.close} />
    </>
  );
}

type Verb = "deactivate" | "reactivate";

/** Lets somebody in no more, or in again. */
function Activity({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const me = useMe();
  const [isAsked, ask] = useDisclosure(false);
  const words = user.kind === "portal" ? "portal" : "admin.staff";
  const possible: Verb = user.is_active ? "deactivate" : "reactivate";
  // the question stays what it was while it goes away
  const [verb, setVerb] = useState<Verb>(possible);
  const change = useUserChange<UserChange>(
    user,
    (body, path, headers) => authUpdateUser({ path, headers, body, throwOnError: true }),
    () => {
      ask.close();
      notifications.show({ message: t(`${words}.${verb}d`, { name: user.name }) });
    },
  );
  const open = () => {
    change.reset();
    setVerb(possible);
    ask.open();
  };
  const Icon = possible === "deactivate" ? IconUserOff : IconUserCheck;
  return (
    <>
      <Button size="compact-md" variant="default" leftSection={<Icon size={16} />} onClick={open}>
        {t(`${words}.${possible}`)}
      </Button>
      <Confirm
        title={t(`${words}.${verb}Title`, { name: user.name })}
        action={t(`${words}.${verb}`)}
        opened={isAsked}
        onClose={ask.close}
        onConfirm={() => change.mutate(verb === "deactivate" ? { active_to: yesterday() } : activeAgain(user))}
        isPending={change.isPending}
        isDangerous={verb === "deactivate"}
      >
        {t(verb === "deactivate" && user.id === me.id ? "admin.staff.deactivateSelf" : `${words}.${verb}Text`)}
        {change.error && (
          <p role="alert" className={classes.refused}>
            {problemText(change.error)}
          </p>
        )}
      </Confirm>
    </>
  );
}
