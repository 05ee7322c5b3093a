import { Button, Skeleton, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authCreateRecoveryCodes, authRemovePasskey, authRemoveTotp, data, type FactorsOut } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { hasPasskeys } from "@/session/passkeys";
import { meQuery } from "@/session/useSession";
import classes from "../Account.module.css";
import { FactorList } from "./FactorList";
import { NoPasskeysHere } from "./NoPasskeysHere";
import { PasskeyDialog } from "./PasskeyDialog";
import { type Proof, ProofDialog } from "./ProofDialog";
import { factorsQuery, readFactors } from "./queries";
import { RecoveryCodes } from "./RecoveryCodes";
import { TotpDialog } from "./TotpDialog";

/** What somebody is about to do with their second factors. */
export type Doing =
  | { what: "totp" | "passkey" | "newCodes" | "removeTotp" }
  | { what: "removePasskey"; id: string; name: string };

/** The person's second factors: what there is, and how to make, renew and remove it. */
export function SecondFactors() {
  const { t } = useTranslation();
  const { data: factors, error } = useQuery(factorsQuery);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const finish = useFinish();
  const close = () => setDoing(null);
  const onCodes = (made: string[]) => {
    close();
    setCodes(made);
    // as long as codes are to be written down nobody is led away
    if (made.length === 0) void finish();
  };
  return (
    <section className={classes.part} aria-label={t("account.factors.title")}>
      <div className={classes.head}>
        <h2 className={classes.partTitle}>{t("account.factors.title")}</h2>
        {factors && <Adding factors={factors} onDo={setDoing} />}
      </div>
      <Text c="dimmed" maw={680}>
        {t("account.factors.help")}
      </Text>
      {error && <Text role="alert">{problemText(error)}</Text>}
      {!factors && !error && <Skeleton height={100} maw={760} animate={false} />}
      {factors && <FactorList factors={factors} onDo={setDoing} />}
      {factors && (
        <div className={classes.note}>
          <NoPasskeysHere />
        </div>
      )}
      {doing?.what === "totp" && <TotpDialog onClose={close} onCodes={onCodes} />}
      {doing?.what === "passkey" && <PasskeyDialog onClose={close} onCodes={onCodes} />}
      {doing && <Question doing={doing} onClose={close} onCodes={onCodes} />}
      <RecoveryCodes
        codes={codes}
        onKept={() => {
          setCodes([]);
          void finish();
        }}
      />
    </section>
  );
}

function Adding({ factors, onDo }: { factors: FactorsOut; onDo: (doing: Doing) => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.actions}>
      {!factors.totp_since && (
        <Button variant="default" size="compact-md" onClick={() => onDo({ what: "totp" })}>
          {t("account.factors.addTotp")}
        </Button>
      )}
      {hasPasskeys() && (
        <Button variant="default" size="compact-md" onClick={() => onDo({ what: "passkey" })}>
          {t("account.factors.addPasskey")}
        </Button>
      )}
    </div>
  );
}

type QuestionProps = { doing: Doing; onClose: () => void; onCodes: (codes: string[]) => void };

/** What only wants the password. */
function Question({ doing, onClose, onCodes }: QuestionProps) {
  const { t } = useTranslation();
  const done = () => onCodes([]);
  if (doing.what === "newCodes") {
    return (
      <ProofDialog
        title={t("account.factors.newCodesTitle")}
        text={t("account.factors.newCodesText")}
        action={t("account.factors.newCodes")}
        run={(body) => data(authCreateRecoveryCodes({ body, throwOnError: true }))}
        onDone={({ recovery_codes }) => onCodes(recovery_codes)}
        onClose={onClose}
      />
    );
  }
  const shared = { text: t("account.factors.removeText"), action: t("account.factors.remove"), isDangerous: true };
  if (doing.what === "removeTotp") {
    const run = (body: Proof) => authRemoveTotp({ body, throwOnError: true });
    return (
      <ProofDialog {...shared} title={t("account.factors.removeTotp")} run={run} onDone={done} onClose={onClose} />
    );
  }
  if (doing.what !== "removePasskey") return null;
  const path = { passkey_id: doing.id };
  return (
    <ProofDialog
      {...shared}
      title={t("account.factors.removePasskey", { name: doing.name })}
      run={(body) => authRemovePasskey({ path, body, throwOnError: true })}
      onDone={done}
      onClose={onClose}
    />
  );
}

/** Shows what is true now; whoever was kept here for want of a second factor goes on to where they wanted. */
function useFinish(): () => Promise<void> {
  const client = useQueryClient();
  const router = useRouter();
  const after = useRouterState({ select: (state) => state.location.state.after });
  return async () => {
    const lacked = client.getQueryData(meQuery.queryKey)?.lacks_factor;
    await readFactors(client);
    if (!lacked || client.getQueryData(meQuery.queryKey)?.lacks_factor) return;
    // everything was refused until now
    client.removeQueries({ predicate: ({ state }) => state.status === "error" });
    if (after) router.history.push(after);
  };
}
