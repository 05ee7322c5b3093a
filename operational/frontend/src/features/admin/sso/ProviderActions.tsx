import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlugConnected, IconPlugConnectedX, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, authDeleteIdentityProvider, ifMatch, type ProviderOut } from "@/api";
import { Confirm } from "@/components/Confirm";
import { notifyProblem, problemText } from "@/components/notifyProblem";
import { useMe } from "@/session/useSession";
import classes from "../Admin.module.css";
import { providersQuery } from "./queries";
import { useProviderChange } from "./useProviderChange";

/** Lets people log in by a provider, or no more; the latter ends what it began, so it asks first. */
export function SwitchProvider({ provider }: { provider: ProviderOut }) {
  const { t } = useTranslation();
  const [isAsked, ask] = useDisclosure(false);
  const change = useProviderChange(provider, ask.close);
  const { is_enabled: isOn } = provider;
  const Icon = isOn ? IconPlugConnectedX : IconPlugConnected;
  const switchOn = () => change.mutate({ is_enabled: true }, { onError: notifyProblem });
  return (
    <>
      <Button
        size="compact-md"
        variant="default"
        leftSection={<Icon size={16} />}
        loading={change.isPending && !isAsked}
        onClick={() => {
          change.reset();
          if (isOn) ask.open();
          else switchOn();
        }}
      >
        {t(isOn ? "provider.switchOff" : "provider.switchOn")}
      </Button>
      <Confirm
        title={t("provider.switchOffTitle", { name: provider.name })}
        action={t("provider.switchOff")}
        opened={isAsked}
        onClose={ask.close}
        onConfirm={() => change.mutate({ is_enabled: false })}
        isPending={change.isPending}
        isDangerous
      >
        {t("provider.switchOffText")} <OwnSession provider={provider} />
        <Refused error={change.error} />
      </Confirm>
    </>
  );
}

/** Forgets a provider with everybody's links to it. */
export function DeleteProvider({ provider, onGone }: { provider: ProviderOut; onGone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isAsked, ask] = useDisclosure(false);
  // the question stays what it was while it goes away
  const [{ name, people }, setAsked] = useState(provider);
  const remove = useMutation({
    mutationFn: () =>
      authDeleteIdentityProvider({
        path: { provider_id: provider.id },
        headers: { "If-Match": ifMatch(provider.version) },
        throwOnError: true,
      }),
    onSuccess: () => {
      ask.close();
      notifications.show({ message: t("provider.deleted", { name }) });
      onGone();
      void client.invalidateQueries({ queryKey: providersQuery.queryKey });
      void client.invalidateQueries({ queryKey: ["user"] });
    },
    onError: (error) => {
      if (error instanceof ApiProblem && error.code === "stale") {
        void client.invalidateQueries({ queryKey: providersQuery.queryKey });
      }
    },
  });
  return (
    <>
      <Button
        size="compact-md"
        variant="default"
        leftSection={<IconTrash size={16} />}
        onClick={() => {
          remove.reset();
          setAsked(provider);
          ask.open();
        }}
      >
        {t("provider.delete")}
      </Button>
      <Confirm
        title={t("provider.deleteTitle", { name })}
        action={t("provider.delete")}
        opened={isAsked}
        onClose={ask.close}
        onConfirm={() => remove.mutate()}
        isPending={remove.isPending}
        isDangerous
      >
        {people === 0 ? t("provider.deleteNobody") : t("provider.deleteText", { count: people })}{" "}
        <OwnSession provider={provider} />
        <Refused error={remove.error} />
      </Confirm>
    </>
  );
}

/** Warns somebody who is about to end their own session. */
function OwnSession({ provider }: { provider: ProviderOut }) {
  const { t } = useTranslation();
  return useMe().login_provider_id === provider.id ? <strong>{t("provider.ownSession")}</strong> : null;
}

function Refused({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <p role="alert" className={classes.refused}>
      {problemText(error)}
    </p>
  );
}
