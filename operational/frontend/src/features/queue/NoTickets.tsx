import { Button, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNewTicketLink } from "@/features/newTicket/useNewTicketLink";
import { useMay } from "@/session/useSession";

/** What stands in place of a list without tickets, and what leads on from there. */
export function NoTickets({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const { t } = useTranslation();
  const mayCreate = useMay("tickets.ticket.create");
  const newTicket = useNewTicketLink();
  return (
    <Stack p="xl" gap="xs" align="center" role="status">
      <Text fw={600}>{t(isFiltered ? "queue.empty" : "queue.noTickets")}</Text>
      <Text c="dimmed" ta="center" maw={420}>
        {t(isFiltered ? "queue.emptyHelp" : "queue.noTicketsHelp")}
      </Text>
      {isFiltered && (
        <Button mt="sm" variant="default" onClick={onClear}>
          {t("queue.clear")}
        </Button>
      )}
      {!isFiltered && mayCreate && (
        <Button mt="sm" variant="default" onClick={newTicket}>
          {t("shell.newTicket")}
        </Button>
      )}
    </Stack>
  );
}
