import { Button, Checkbox, Popover, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatNumber } from "@/i18n/format";

export type Choice = { value: string; label: string; count?: number };
type Props = {
  name: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  /** With one choice a click replaces the former. */
  single?: boolean;
  onChange: (chosen: string[]) => void;
  /** Called when somebody looks at the choices: the time to ask for them. */
  onLook?: () => void;
  /** Asks for other choices; without it the given ones are searched. */
  onText?: (text: string) => void;
};

/** One filter: its name, what is chosen, and a list to choose from. */
export function FilterMenu({ name, choices, chosen, single = false, onChange, onLook, onText }: Props) {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const [text, setText] = useState("");
  const isSearchable = onText !== undefined || choices.length > 8;
  const needle = text.toLowerCase();
  const shown = onText ? choices : choices.filter((choice) => choice.label.toLowerCase().includes(needle));
  const labels = chosen.map((value) => choices.find((choice) => choice.value === value)?.label ?? "…");
  const pick = (value: string) => {
    const isOn = chosen.includes(value);
    if (single) onChange(isOn ? [] : [value]);
    else onChange(isOn ? chosen.filter((other) => other !== value) : [...chosen, value]);
  };
  return (
    <Popover
      opened={opened}
      onChange={(now) => !now && close()}
      position="bottom-start"
      trapFocus
      shadow="md"
      width={260}
    >
      <Popover.Target>
        <Button
          size="compact-md"
          variant={chosen.length > 0 ? "light" : "default"}
          fw={400}
          onClick={() => {
            onLook?.();
            toggle();
          }}
          maw={260}
          rightSection={<IconChevronDown size={14} stroke={1.5} />}
          aria-haspopup="dialog"
        >
          {chosen.length === 0
            ? name
            : `${name}: ${labels.slice(0, 2).join(", ")}${labels.length > 2 ? ` +${labels.length - 2}` : ""}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={name}>
        {isSearchable && (
          <TextInput
            mb="sm"
            size="xs"
            placeholder={t("queue.search")}
            aria-label={t("queue.searchIn", { name })}
            value={text}
            data-autofocus
            onChange={(event) => {
              setText(event.currentTarget.value);
              onText?.(event.currentTarget.value);
            }}
          />
        )}
        <ScrollArea.Autosize mah={280} viewportProps={{ tabIndex: -1 }}>
          <Stack gap={6} role="group" aria-label={name}>
            {shown.map((choice) => (
              <Checkbox
                key={choice.value}
                size="xs"
                checked={chosen.includes(choice.value)}
                onChange={() => pick(choice.value)}
                label={choice.count === undefined ? choice.label : `${choice.label} (${formatNumber(choice.count)})`}
              />
            ))}
            {shown.length === 0 && (
              <Text size="sm" c="dimmed">
                {t("queue.nothingFound")}
              </Text>
            )}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
