import { Autocomplete, Combobox, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { facetsQuery, usersQuery } from "@/features/queue/queries";
import { PRIORITIES } from "@/features/ticket/status";
import { useMe } from "@/session/useSession";
import { type Fields, same } from "./CustomerFields";
import type { Values } from "./useNewTicket";

const CHANNELS: ReadonlyArray<Values["channel"]> = ["phone", "mail", "portal", "monitoring"];

/** How the desk shall deal with it. */
export const DeskFields = memo(
  function DeskFields({ values, errors, change }: Fields) {
    const { t } = useTranslation();
    const me = useMe();
    const facets = useQuery(facetsQuery).data;
    const users = useQuery(usersQuery).data?.filter((user) => user.is_active) ?? [];
    const names = (found: ReadonlyArray<{ value: string | null }> | undefined) =>
      (found ?? []).flatMap(({ value }) => (value === null ? [] : [value]));
    const mineFirst = [...users.filter((user) => user.id === me.id), ...users.filter((user) => user.id !== me.id)];
    // a list of what is in use, and free text
    const open = {
      placeholder: t("ticket.none"),
      rightSection: <Combobox.Chevron />,
      rightSectionPointerEvents: "none",
    } as const;
    const clearButtonProps = { "aria-label": t("ticket.clearField") };
    return (
      <>
        <Select
          label={t("ticket.property.priority")}
          value={values.priority}
          clearable
          clearButtonProps={clearButtonProps}
          placeholder={t("unknown")}
          error={errors.priority}
          data={PRIORITIES.map((value) => ({ value, label: t(`queue.priority.${value}`) }))}
          onChange={(value) => change({ priority: value as Values["priority"] })}
        />
        <Autocomplete
          label={t("ticket.property.queue")}
          value={values.queue}
          error={errors.queue}
          {...open}
          maxLength={300}
          data={names(facets?.queues)}
          onChange={(queue) => change({ queue })}
        />
        <Autocomplete
          label={t("ticket.property.category")}
          value={values.category}
          error={errors.category}
          {...open}
          maxLength={300}
          data={names(facets?.categories)}
          onChange={(category) => change({ category })}
        />
        <Select
          label={t("ticket.property.channel")}
          value={values.channel}
          allowDeselect={false}
          error={errors.channel}
          data={CHANNELS.map((value) => ({ value, label: t(`ticket.channel.${value}`) }))}
          onChange={(value) => value && change({ channel: value as Values["channel"] })}
        />
        <Select
          label={t("ticket.property.assignee")}
          value={values.assignee_id}
          searchable
          clearable
          clearButtonProps={clearButtonProps}
          placeholder={t("ticket.nobody")}
          error={errors.assignee_id}
          nothingFoundMessage={t("ticket.nothingFound")}
          data={mineFirst.map((user) => ({ value: user.id, label: user.name }))}
          onChange={(assignee_id) => change({ assignee_id })}
        />
      </>
    );
  },
  same("priority", "queue", "category", "channel", "assignee_id"),
);
