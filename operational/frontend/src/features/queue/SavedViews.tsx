import { ActionIcon, Button, Group, Popover, TextInput, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "@/commands/registry";
import { usePreference } from "@/session/usePreference";
import shell from "@/shell/Shell.module.css";
import classes from "./Queue.module.css";
import { type QueueSearch, queueSearch } from "./search";

type View = { name: string; search: QueueSearch };

const MOST = 20;

/** The person's saved views of the queue: filters and order under a name. */
export function useViews() {
  const [views, setViews] = usePreference<View[]>("desk.views", []);
  const save = (view: View) => setViews([...views.filter((other) => other.name !== view.name), view].slice(-MOST));
  const remove = (name: string) => setViews(views.filter((view) => view.name !== name));
  return { views, save, remove };
}

/** Saved views in the navigation. */
export function SavedViews() {
  const { t } = useTranslation();
  const { views, remove } = useViews();
  return views.map((view) => (
    <div key={view.name} className={classes.view}>
      <Link
        to="/tickets"
        search={queueSearch(view.search)}
        className={shell.link}
        activeOptions={{ exact: true, includeSearch: true }}
      >
        <IconBookmark size={18} stroke={1.5} className={classes.viewIcon} />
        <span className={classes.cut}>{view.name}</span>
      </Link>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        className={classes.viewRemove}
        aria-label={t("queue.removeView", { name: view.name })}
        onClick={(event) => {
          event.stopPropagation();
          remove(view.name);
        }}
      >
        <IconTrash size={14} />
      </ActionIcon>
    </div>
  ));
}

/** Keeps the present filters and order under a name. */
export function SaveView() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/inside/tickets" });
  const { save } = useViews();
  const [opened, { close, toggle, open }] = useDisclosure(false);
  const [name, setName] = useState("");
  useCommand("list.saveView", open);
  const submit = () => {
    if (name.trim() === "") return;
    save({ name: name.trim().slice(0, 60), search });
    setName("");
    close();
  };
  return (
    <Popover opened={opened} onChange={(now) => !now && close()} position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <Tooltip label={t("commands.list.saveView")}>
          <ActionIcon variant="default" size={30} onClick={toggle} aria-label={t("commands.list.saveView")}>
            <IconBookmark size={16} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Group align="flex-end" gap="sm">
            <TextInput
              label={t("queue.viewName")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
            />
            <Button type="submit">{t("save")}</Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
