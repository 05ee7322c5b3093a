import { Alert, Button, Drawer, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";

type Props = {
  title: string;
  opened: boolean;
  onClose: () => void;
  onSubmit: () => void;
  isPending: boolean;
  error: unknown;
  children: ReactNode;
};

/** A record's values in a panel at the side. */
export function RecordForm({ title, opened, onClose, onSubmit, isPending, error, children }: Props) {
  const { t } = useTranslation();
  const isFields = Object.keys(fieldErrors(error)).length > 0;
  const isStale = error instanceof ApiProblem && error.code === "stale";
  return (
    <Drawer.Root opened={opened} onClose={onClose} position="right" size="md">
      <Drawer.Overlay />
      <Drawer.Content>
        {/* the page has a banner already */}
        <Drawer.Header role="presentation">
          <Drawer.Title>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label={t("close")} />
        </Drawer.Header>
        <Drawer.Body>
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              onSubmit();
            }}
          >
            <Stack gap="md">
              {children}
              {error !== null && !isFields && (
                <Alert color={isStale ? "warn" : "bad"} variant="light" role="alert">
                  {isStale ? t("crm.stale") : problemText(error)}
                </Alert>
              )}
              <Group gap="sm">
                <Button type="submit" loading={isPending}>
                  {t("save")}
                </Button>
                <Button variant="default" onClick={onClose}>
                  {t("cancel")}
                </Button>
              </Group>
            </Stack>
          </form>
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

/** Text fields as the API wants them: nothing written is null, unchanged values are left out. */
export function changedValues<T extends object>(now: T, before: Partial<T> | undefined): Partial<T> {
  const entries = Object.entries(now).map(([name, value]) => {
    const text = typeof value === "string" ? value.trim() : value;
    return [name, text === "" ? null : text] as const;
  });
  return Object.fromEntries(
    entries.filter(([name, value]) => !before || (before[name as keyof T] ?? null) !== value),
  ) as Partial<T>;
}
