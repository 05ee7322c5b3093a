import { Group, Kbd, Modal, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CATALOGUE, type CommandId, GROUPS, keysText } from "./catalogue";

/** All keys on one sheet. */
export function KeySheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const ids = Object.keys(CATALOGUE) as CommandId[];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("keys.title")}
      size="xl"
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        {GROUPS.map((group) => (
          <Stack key={group} gap="sm">
            <Title order={3}>{t(`keys.${group}`)}</Title>
            {ids
              .filter((id) => CATALOGUE[id].group === group && CATALOGUE[id].keys)
              .map((id) => (
                <Group key={id} justify="space-between" wrap="nowrap">
                  <Text size="sm">{t(`commands.${id}`)}</Text>
                  <Kbd>{keysText(id)}</Kbd>
                </Group>
              ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  );
}
