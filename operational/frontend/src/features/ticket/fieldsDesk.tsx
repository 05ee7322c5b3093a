import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { PriorityBadge, StatusBadge } from "@/components/badges";
import { Picker } from "@/components/Picker";
import { facetsQuery, usersQuery } from "@/features/queue/queries";
import { useMe } from "@/session/useSession";
import type { FieldProps } from "./Properties";
import {
  PAUSE_REASONS,
  type PauseReason,
  PRIORITIES,
  type Priority,
  STATUS_CATEGORY,
  STATUSES,
  type Status,
  USUAL_PAUSE,
} from "./status";

/** The status; one that stops the clocks asks why. */
export function StatusField({
  ticket,
  actions,
  opened,
  onOpen,
  disabled,
  pauseReason,
}: FieldProps & { pauseReason: string | null }) {
  const { t } = useTranslation();
  const wanted = useRef<Status | null>(null);
  const name = (status: string) => t(`queue.status.${status}`, { defaultValue: status });
  const isPaused = ticket.status_category === "paused";
  const reason = (value: string) => t(`ticket.pause.${value}`, { defaultValue: value });
  const pick = (status: Status) => {
    if (STATUS_CATEGORY[status] !== "paused") return actions.setStatus(status);
    wanted.current = status;
    onOpen("pause");
  };
  const pause = (chosen: PauseReason) => {
    const status = wanted.current ?? (ticket.status as Status);
    wanted.current = null;
    actions.setStatus(status, chosen);
  };
  const usual = wanted.current && USUAL_PAUSE[wanted.current];
  return (
    <>
      <Picker
        label={t("ticket.property.status")}
        value={ticket.status}
        text={name(ticket.status ?? "")}
        disabled={disabled}
        opened={opened === "status"}
        onOpened={(now) => onOpen(now ? "status" : null)}
        onPick={(value) => value && pick(value as Status)}
        options={STATUSES.map((value) => ({
          value,
          label: name(value),
          icon: <StatusBadge status={value} category={STATUS_CATEGORY[value]} />,
        }))}
      >
        <StatusBadge status={ticket.status} category={ticket.status_category} />
      </Picker>
      {(isPaused || opened === "pause") && (
        <Picker
          label={t("ticket.property.pause")}
          value={usual ?? pauseReason}
          disabled={disabled}
          text={
            usual
              ? t("ticket.choosePause")
              : t("ticket.pausedFor", { reason: pauseReason ? reason(pauseReason) : t("unknown") })
          }
          opened={opened === "pause"}
          onOpened={(now) => {
            if (!now && opened === "pause") window.setTimeout(() => (wanted.current = null));
            onOpen(now ? "pause" : null);
          }}
          onPick={(value) => value && pause(value as PauseReason)}
          options={PAUSE_REASONS.map((value) => ({ value, label: reason(value) }))}
        />
      )}
    </>
  );
}

/** Who works on it. */
export function AssigneeField({ ticket, actions, opened, onOpen, disabled }: FieldProps) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useQuery({ ...usersQuery, enabled: opened === "assignee" }).data;
  const active = users?.filter((user) => user.is_active);
  const mineFirst = active && [
    ...active.filter((user) => user.id === me.id),
    ...active.filter((user) => user.id !== me.id),
  ];
  return (
    <Picker
      label={t("ticket.property.assignee")}
      value={ticket.assignee_id}
      none={t("ticket.nobody")}
      disabled={disabled}
      text={ticket.assignee_id ? (ticket.assignee_name ?? t("unknown")) : t("ticket.nobody")}
      opened={opened === "assignee"}
      onOpened={(now) => onOpen(now ? "assignee" : null)}
      options={mineFirst?.map((user) => ({ value: user.id, label: user.name, hint: user.team ?? undefined }))}
      onPick={(id) => actions.assign(id, users?.find((user) => user.id === id)?.name ?? null)}
    />
  );
}

/** How urgent it is. */
export function PriorityField({ ticket, actions, opened, onOpen, disabled }: FieldProps) {
  const { t } = useTranslation();
  const name = (priority: string) => t(`queue.priority.${priority}`, { defaultValue: priority });
  return (
    <Picker
      label={t("ticket.property.priority")}
      value={ticket.priority}
      disabled={disabled}
      text={ticket.priority ? name(ticket.priority) : t("unknown")}
      opened={opened === "priority"}
      onOpened={(now) => onOpen(now ? "priority" : null)}
      options={PRIORITIES.map((value) => ({ value, label: name(value), icon: <PriorityBadge priority={value} /> }))}
      onPick={(value) => value && actions.update({ priority: value as Priority })}
    >
      <PriorityBadge priority={ticket.priority} />
    </Picker>
  );
}

/** Queue or category: those in use, or a new one. */
export function QueueField({
  ticket,
  actions,
  opened,
  onOpen,
  disabled,
  name,
}: FieldProps & { name: "queue" | "category" }) {
  const { t } = useTranslation();
  const facets = useQuery({ ...facetsQuery, enabled: opened === name }).data;
  const known = name === "queue" ? facets?.queues : facets?.categories;
  return (
    <Picker
      label={t(`ticket.property.${name}`)}
      value={ticket[name]}
      text={ticket[name] ?? t("ticket.none")}
      none={t("ticket.none")}
      disabled={disabled}
      allowNew
      opened={opened === name}
      onOpened={(now) => onOpen(now ? name : null)}
      options={known?.flatMap(({ value }) => (value === null ? [] : [{ value, label: value }]))}
      onPick={(value) => actions.update({ [name]: value })}
    />
  );
}
