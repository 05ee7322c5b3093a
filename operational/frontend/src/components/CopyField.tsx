import { Button, Group, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./CopyField.module.css";

/** Copies a text, and says so. */
export function CopyButton({ value }: { value: string }) {
  const { t } = useTranslation();
  const { copy, copied, error } = useClipboard({ timeout: 3000 });
  const Icon = copied ? IconCheck : IconCopy;
  return (
    <Button
      variant="default"
      leftSection={<Icon size={16} stroke={1.5} />}
      aria-live="polite"
      onClick={() => copy(value)}
    >
      {t(error ? "copyFailed" : copied ? "copied" : "copy")}
    </Button>
  );
}

/** A text to be taken along: to be read, marked or copied. */
export function CopyField({ label, description, value }: { label: string; description?: string; value: string }) {
  return (
    <Group gap="sm" align="flex-end" wrap="nowrap">
      <TextInput
        label={label}
        description={description}
        readOnly
        spellCheck={false}
        className={classes.field}
        classNames={{ input: classes.value }}
        value={value}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={value} />
    </Group>
  );
}
