import { Alert, Button, Group, Modal, Skeleton, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemText } from "@/components/notifyProblem";
import { ErasureReport } from "./ErasureReport";
import classes from "./PersonData.module.css";
import { erased, type Whose } from "./whose";

type Props = { whose: Whose; onClose: () => void };

/** Shows what an erasure would do, and does it once the person's name has been typed. */
export function EraseDialog({ whose, onClose }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const look = useQuery({
    queryKey: ["erasure", whose.kind, whose.id],
    queryFn: () => erased(whose, { is_dry_run: true }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const erase = useErase(whose, onClose);
  const refused = look.data?.refused ?? null;
  const mayErase = look.data !== undefined && refused === null && typed.trim() === whose.name;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t("personData.eraseTitle", { name: whose.name })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (mayErase) erase.mutate();
        }}
      >
        <Stack gap="md">
          <p className={classes.text}>{t("personData.eraseText")}</p>
          {look.isPending && (
            <div role="status">
              <p className={classes.text}>{t("personData.looking")}</p>
              <Skeleton height={180} animate={false} />
            </div>
          )}
          {look.data && <ErasureReport report={look.data} />}
          {refused && (
            <Alert color="warn" variant="light" role="alert">
              {t(`personData.refused.${refused}`)}
            </Alert>
          )}
          {look.data && !refused && (
            <TextInput
              label={t("personData.typeName", { name: whose.name })}
              autoComplete="off"
              maxLength={300}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          {(look.error ?? erase.error) && (
            <Alert color="bad" variant="light" role="alert">
              {problemText(look.error ?? erase.error)}
            </Alert>
          )}
          <Group gap="sm">
            <Button type="submit" color="bad" disabled={!mayErase} loading={erase.isPending}>
              {t("personData.eraseNow")}
            </Button>
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function useErase(whose: Whose, onClose: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => erased(whose, { is_dry_run: false, confirm: whose.name }),
    onSuccess: ({ pseudonym }) => {
      onClose();
      // the name may have stood on any page
      void client.invalidateQueries();
      notifications.show({ message: t("personData.erased", { pseudonym }), autoClose: 10_000 });
    },
  });
}
