import { Group, Kbd, Modal, ScrollArea, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBuilding, IconCommand, IconInbox, IconSearch, IconUser } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { crmListContacts, crmListCustomers, data, ticketsListTickets } from "@/api";
import { CATALOGUE, type CommandId, keysText } from "@/commands/catalogue";
import { useActiveCommands } from "@/commands/registry";
import { useMay } from "@/session/useSession";
import classes from "./Palette.module.css";

type Item = {
  id: string;
  kind: "command" | "ticket" | "customer" | "contact";
  label: string;
  more?: string;
  keys?: string;
  run: () => void;
};

// nearest first: what belongs to the page before what belongs everywhere
const ORDER = (["ticket", "list", "go", "app"] as const).flatMap((group) =>
  (Object.keys(CATALOGUE) as CommandId[]).filter((id) => id !== "app.palette" && CATALOGUE[id].group === group),
);
const ICONS = { command: IconCommand, ticket: IconInbox, customer: IconBuilding, contact: IconUser };

/** Everything by typing: commands that can be given now, tickets, customers, contacts. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const items = useItems(text);
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const marked = Math.min(at, items.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });
  const take = (item: Item | undefined) => {
    if (!item) return;
    onClose();
    // the dialog gives the focus back first; a command may want to put it elsewhere
    window.setTimeout(item.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((marked + step + items.length) % Math.max(1, items.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(items[marked]);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      size="lg"
      padding={0}
      yOffset="12vh"
      transitionProps={{ duration: 80 }}
      attributes={{ content: { "aria-label": t("commands.app.palette") } }}
    >
      <TextInput
        value={text}
        placeholder={t("shell.search")}
        leftSection={<IconSearch size={18} stroke={1.5} />}
        variant="unstyled"
        size="md"
        className={classes.input}
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={items[marked] ? `${id}-${marked}` : undefined}
        aria-label={t("shell.search")}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <ScrollArea.Autosize mah="55vh" viewportProps={{ tabIndex: -1 }}>
        <div
          ref={list}
          id={`${id}-list`}
          role="listbox"
          aria-label={t("commands.app.palette")}
          className={classes.list}
          tabIndex={-1}
        >
          {items.map((item, index) => (
            <Line
              key={item.id}
              id={`${id}-${index}`}
              item={item}
              isMarked={index === marked}
              onTake={() => take(item)}
              onMark={() => setAt(index)}
            />
          ))}
        </div>
        {items.length === 0 && (
          <Text c="dimmed" p="md" role="status">
            {t("queue.nothingFound")}
          </Text>
        )}
      </ScrollArea.Autosize>
    </Modal>
  );
}

type LineProps = { id: string; item: Item; isMarked: boolean; onTake: () => void; onMark: () => void };

function Line({ id, item, isMarked, onTake, onMark }: LineProps) {
  const { t } = useTranslation();
  const Icon = ICONS[item.kind];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
    <div id={id} role="option" aria-selected={isMarked} className={classes.line} onClick={onTake} onMouseMove={onMark}>
      <Icon size={16} stroke={1.5} aria-label={t(`queue.palette.${item.kind}`)} />
      <span className={classes.label}>{item.label}</span>
      <Group gap={6} wrap="nowrap" className={classes.more}>
        {item.more}
        {item.keys && <Kbd size="xs">{item.keys}</Kbd>}
      </Group>
    </div>
  );
}

function useItems(text: string): Item[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const commands = useActiveCommands();
  const found = useFound(text.trim());
  const needle = text.trim().toLowerCase();
  const named = ORDER.flatMap((id): Item[] => {
    const run = commands.get(id);
    return run ? [{ id, kind: "command", label: t(`commands.${id}`), keys: keysText(id), run }] : [];
  }).filter((item) => item.label.toLowerCase().includes(needle));
  const tickets = (found?.tickets ?? []).map(
    (ticket): Item => ({
      id: ticket.id,
      kind: "ticket",
      label: `${ticket.number} ${ticket.subject ?? ""}`,
      more: ticket.customer_name ?? undefined,
      run: () => navigate({ to: "/tickets/$ticketId", params: { ticketId: ticket.id }, search: (search) => search }),
    }),
  );
  const customers = (found?.customers ?? []).map(
    (customer): Item => ({
      id: customer.id,
      kind: "customer",
      label: customer.name ?? t("unknown"),
      run: () => navigate({ to: "/customers/$customerId", params: { customerId: customer.id }, search: {} }),
    }),
  );
  const contacts = (found?.contacts ?? []).map(
    (contact): Item => ({
      id: contact.id,
      kind: "contact",
      label: contact.name ?? t("unknown"),
      more: contact.email ?? undefined,
      run: () => navigate({ to: "/contacts/$contactId", params: { contactId: contact.id }, search: {} }),
    }),
  );
  return [...(needle ? named.slice(0, 6) : named), ...tickets, ...customers, ...contacts];
}

function useFound(text: string) {
  const [late] = useDebouncedValue(text, 180);
  const mayCrm = useMay("crm.customer.read");
  return useQuery({
    queryKey: ["palette", late, mayCrm],
    enabled: late.length >= 2,
    placeholderData: late.length >= 2 ? keepPreviousData : undefined,
    queryFn: async ({ signal }) => {
      const query = { text: late, limit: 5 };
      const options = { query, signal, throwOnError: true } as const;
      const [tickets, customers, contacts] = await Promise.all([
        data(ticketsListTickets({ ...options, query: { ...query, limit: 8 } })),
        mayCrm ? data(crmListCustomers(options)) : { items: [] },
        mayCrm ? data(crmListContacts(options)) : { items: [] },
      ]);
      return { tickets: tickets.items, customers: customers.items, contacts: contacts.items };
    },
  }).data;
}
