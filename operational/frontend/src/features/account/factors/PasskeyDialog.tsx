import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authAddPasskey, authCreatePasskeyOptions, data } from "@/api";
import { makePasskey } from "@/session/passkeys";
import { clientName } from "../userAgent";
import { type Proof, ProofDialog } from "./ProofDialog";

/** Makes a passkey on this device, or on another the browser finds. */
export function PasskeyDialog({ onClose, onCodes }: { onClose: () => void; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(() => clientName(navigator.userAgent) ?? "");
  const isNamed = name.trim() !== "";
  const run = async (body: Proof) => {
    const question = await data(authCreatePasskeyOptions({ body, throwOnError: true }));
    const made = await makePasskey(question);
    return data(authAddPasskey({ body: { ...made, name: name.trim() }, throwOnError: true }));
  };
  return (
    <ProofDialog
      title={t("account.factors.addPasskey")}
      text={t("account.factors.passkeyText")}
      action={t("account.factors.goOn")}
      isReady={isNamed}
      run={run}
      onDone={({ recovery_codes }) => onCodes(recovery_codes)}
      onClose={onClose}
    >
      <TextInput
        label={t("account.factors.passkeyName")}
        description={t("account.factors.passkeyNameHelp")}
        required
        maxLength={60}
        value={name}
        error={isNamed ? undefined : t("account.missing")}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </ProofDialog>
  );
}
