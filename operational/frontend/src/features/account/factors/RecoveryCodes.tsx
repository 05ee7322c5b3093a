import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/CopyField";
import { useMe } from "@/session/useSession";
import classes from "../Account.module.css";

/** New recovery codes, which are shown this once: nobody closes them by accident. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { t } = useTranslation();
  const { email, tenant_name } = useMe();
  const [isKept, setKept] = useState(false);
  const text = codes.join("\n");
  if (codes.length === 0) return null;
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t("account.factors.codesTitle")}
    >
      <Stack gap="md">
        <Text>{t("account.factors.codesText")}</Text>
        <ul className={classes.codes} aria-label={t("account.factors.codes")}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <Group gap="sm">
          <CopyButton value={text} />
          <Button
            variant="default"
            onClick={() => download(`${t("account.factors.codesFile")}.txt`, `${tenant_name}, ${email}\n\n${text}\n`)}
          >
            {t("account.factors.download")}
          </Button>
        </Group>
        <Checkbox
          label={t("account.factors.kept")}
          checked={isKept}
          onChange={(event) => setKept(event.currentTarget.checked)}
        />
        <Button
          className={classes.go}
          disabled={!isKept}
          onClick={() => {
            setKept(false);
            onKept();
          }}
        >
          {t("account.factors.done")}
        </Button>
      </Stack>
    </Modal>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
