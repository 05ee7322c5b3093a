import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

type Props = {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** What the button does ("Discard"). */
  action: string;
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
  isPending?: boolean;
  isDangerous?: boolean;
};

/** Asks before something that cannot be taken back, or that others feel at once. */
export function Confirm(props: Props) {
  const { title, children, action, opened, onClose, onConfirm, isPending = false, isDangerous = false } = props;
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      <Stack gap="md">
        <Text component="div">{children}</Text>
        <Group gap="sm">
          <Button
            data-autofocus={!isDangerous || undefined}
            color={isDangerous ? "bad" : undefined}
            loading={isPending}
            onClick={onConfirm}
          >
            {action}
          </Button>
          <Button data-autofocus={isDangerous || undefined} variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
