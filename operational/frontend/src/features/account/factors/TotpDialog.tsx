import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authAddTotp, authCreateTotp, data, type TotpOut } from "@/api";
import { CopyField } from "@/components/CopyField";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import { codeOf } from "@/features/login/code";
import { ProofDialog } from "./ProofDialog";
import { QrCode } from "./QrCode";

type Props = { onClose: () => void; onCodes: (codes: string[]) => void };

/** Sets up an authenticator app: the password, the secret to scan, and a code that shows it has arrived. */
export function TotpDialog({ onClose, onCodes }: Props) {
  const { t } = useTranslation();
  const [secret, setSecret] = useState<TotpOut | null>(null);
  if (secret) return <Confirming secret={secret} onClose={onClose} onCodes={onCodes} />;
  return (
    <ProofDialog
      title={t("account.factors.addTotp")}
      text={t("account.factors.totpText")}
      action={t("account.factors.goOn")}
      run={(body) => data(authCreateTotp({ body, throwOnError: true }))}
      onDone={setSecret}
      onClose={onClose}
    />
  );
}

function Confirming({ secret, onClose, onCodes }: Props & { secret: TotpOut }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [isMissing, setMissing] = useState(false);
  const confirm = useMutation({
    mutationFn: (code: string) => data(authAddTotp({ body: { code }, throwOnError: true })),
    onSuccess: ({ recovery_codes }) => onCodes(recovery_codes),
  });
  const { code: wrong } = fieldErrors(confirm.error);
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={false}
      title={t("account.factors.addTotp")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const code = codeOf(text);
          setMissing(code.length !== 6);
          if (code.length === 6) confirm.mutate(code);
        }}
      >
        <Stack gap="md">
          <Text>{t("account.factors.scan")}</Text>
          <QrCode rows={secret.qr} label={t("account.factors.qr")} />
          <CopyField label={t("account.factors.secret")} value={secret.secret} />
          <TextInput
            label={t("second.code")}
            description={t("second.codeHelp")}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            data-autofocus
            maxLength={20}
            value={text}
            error={isMissing ? t("account.factors.codeMissing") : wrong}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {confirm.error && !wrong && (
            <Alert color="bad" variant="light" role="alert" p="sm">
              {problemText(confirm.error)}
            </Alert>
          )}
          <Group gap="sm">
            <Button type="submit" loading={confirm.isPending}>
              {t("account.factors.confirm")}
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
