import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconEraser } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { notifyProblem } from "@/components/notifyProblem";
import { Block } from "@/features/crm/Block";
import { useMay } from "@/session/useSession";
import { EraseDialog } from "./EraseDialog";
import classes from "./PersonData.module.css";
import { exported, type Whose } from "./whose";

/** Gives a person all that is kept of them, or erases them; for who may. */
export function PersonDataBlock({ whose }: { whose: Whose }) {
  const { t } = useTranslation();
  const mayExport = useMay("auth.person_data.export");
  const mayErase = useMay("auth.person_data.erase");
  const [isOpen, dialog] = useDisclosure(false);
  const download = useMutation({
    mutationFn: () => exported(whose),
    onSuccess: (file) => save(file, `person-data-${whose.id}.zip`),
    onError: notifyProblem,
  });
  if (!mayExport && !mayErase) return null;
  return (
    <Block title={t("personData.title")}>
      <div className={classes.inside}>
        <span className={classes.soft}>{t("personData.help")}</span>
        <Group gap="sm">
          {mayExport && (
            <Button
              size="compact-md"
              variant="default"
              leftSection={<IconDownload size={16} />}
              loading={download.isPending}
              onClick={() => download.mutate()}
            >
              {t("personData.export")}
            </Button>
          )}
          {mayErase && (
            <Button size="compact-md" variant="default" leftSection={<IconEraser size={16} />} onClick={dialog.open}>
              {t("personData.erase")}
            </Button>
          )}
        </Group>
      </div>
      {isOpen && <EraseDialog whose={whose} onClose={dialog.close} />}
    </Block>
  );
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
