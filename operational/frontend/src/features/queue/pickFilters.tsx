import { Button, Popover, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { crmGetCustomer, crmListCustomers, data } from "@/api";
import { formatDate } from "@/i18n/format";
import { FilterMenu } from "./FilterMenu";
import { usersQuery } from "./queries";
import type { QueueSearch } from "./search";

type Part = { search: QueueSearch; set: (part: QueueSearch) => void };

/** Whose tickets, or nobody's. */
export function AssigneeFilter({ search, set }: Part) {
  const { t } = useTranslation();
  const [isWanted, setWanted] = useState(false);
  const users = useQuery({ ...usersQuery, enabled: isWanted || search.assignee_id !== undefined }).data ?? [];
  const choices = [
    { value: "none", label: t("queue.unassigned") },
    ...users.map((user) => ({ value: user.id, label: user.name })),
  ];
  const chosen = search.unassigned ? ["none"] : search.assignee_id ? [search.assignee_id] : [];
  return (
    <FilterMenu
      name={t("queue.filter.assignee")}
      single
      choices={choices}
      chosen={chosen}
      onLook={() => setWanted(true)}
      onChange={([one]) =>
        set({ unassigned: one === "none" ? "true" : undefined, assignee_id: one && one !== "none" ? one : undefined })
      }
    />
  );
}

/** One customer, found by typing. */
export function CustomerFilter({ search, set }: Part) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const later = useDebouncedCallback(setText, 250);
  const [isWanted, setWanted] = useState(false);
  const found = useQuery({
    enabled: isWanted,
    queryKey: ["customers", "pick", text],
    queryFn: async ({ signal }) =>
      (await data(crmListCustomers({ query: { limit: 50, ...(text && { text }) }, signal, throwOnError: true }))).items,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  }).data;
  const id = search.customer_id;
  const chosen = useQuery({
    queryKey: ["customers", "chosen", id],
    queryFn: ({ signal }) => data(crmGetCustomer({ path: { customer_id: id ?? "" }, signal, throwOnError: true })),
    enabled: id !== undefined,
    staleTime: 60_000,
  }).data;
  const others = (found ?? []).filter((customer) => customer.id !== chosen?.id);
  const choices = [...(chosen ? [chosen] : []), ...others].map((customer) => ({
    value: customer.id,
    label: customer.name ?? t("unknown"),
  }));
  return (
    <FilterMenu
      name={t("queue.filter.customer")}
      single
      choices={choices}
      chosen={search.customer_id ? [search.customer_id] : []}
      onText={later}
      onLook={() => setWanted(true)}
      onChange={([one]) => set({ customer_id: one })}
    />
  );
}

/** Days of opening. */
export function OpenedFilter({ search, set }: Part) {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { opened_from: from, opened_before: before } = search;
  const told = [
    from && t("queue.from", { day: formatDate(from) }),
    before && t("queue.before", { day: formatDate(before) }),
  ];
  return (
    <Popover opened={opened} onChange={(now) => !now && close()} position="bottom-start" trapFocus shadow="md">
      <Popover.Target>
        <Button
          size="compact-md"
          variant={from || before ? "light" : "default"}
          fw={400}
          onClick={toggle}
          aria-haspopup="dialog"
          rightSection={<IconChevronDown size={14} stroke={1.5} />}
        >
          {from || before ? told.filter(Boolean).join(" ") : t("queue.filter.opened")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("queue.filter.opened")}>
        <Stack gap="sm">
          <TextInput
            type="date"
            label={t("queue.openedFrom")}
            value={from?.slice(0, 10) ?? ""}
            onChange={(event) => set({ opened_from: event.currentTarget.value || undefined })}
          />
          <TextInput
            type="date"
            label={t("queue.openedBefore")}
            value={before?.slice(0, 10) ?? ""}
            onChange={(event) => set({ opened_before: event.currentTarget.value || undefined })}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
