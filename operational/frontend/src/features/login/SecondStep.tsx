import { Alert, Anchor, Button, Text, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  ApiProblem,
  authCreateBrowserSessionBySecondFactor,
  authGetSecondFactorPasskeyOptions,
  data,
  type SecondFactorIn,
  type SecondFactorOut,
} from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import { NoPasskeysHere } from "@/features/account/factors/NoPasskeysHere";
import { answerWithPasskey, hasPasskeys } from "@/session/passkeys";
import { codeOf } from "./code";
import { Frame } from "./Frame";
import classes from "./Login.module.css";

type Method = SecondFactorOut["methods"][number];
type Answer = Omit<SecondFactorIn, "token">;
type Props = {
  waiting: SecondFactorOut & { email: string };
  onDone: () => void;
  /** Nothing helps but beginning again. */
  onOver: () => void;
  onBack: () => void;
};

/** The second step of a log-in: one of the ways a person has to show that it is them. */
export function SecondStep({ waiting: { token, methods, email }, onDone, onOver, onBack }: Props) {
  const { t } = useTranslation();
  const [method, setMethod] = useState<Method>(methods.includes("totp") ? "totp" : "passkey");
  const answer = useAnswer(token, onDone, onOver);
  const passkey = useMutation({ mutationFn: () => passkeyOf(token), onSuccess: answer.mutate, onError: over(onOver) });
  const isTold = Object.keys(fieldErrors(answer.error)).some((field) => field === "code");
  const error = passkey.error ?? (isTold ? null : answer.error);
  const offersPasskey = methods.includes("passkey") && method !== "recovery_code";
  const turn = (next: Method) => {
    passkey.reset();
    answer.reset();
    setMethod(next);
  };
  return (
    <Frame title={t("second.title")} text={t("second.text", { email })}>
      {error && (
        <Alert color="bad" role="alert" variant="light">
          {problemText(error)}
        </Alert>
      )}
      {method !== "passkey" && (
        <CodeForm
          key={method}
          isRecovery={method === "recovery_code"}
          error={fieldErrors(answer.error).code}
          isPending={answer.isPending && !answer.variables.passkey}
          onSubmit={answer.mutate}
        />
      )}
      {offersPasskey && hasPasskeys() && (
        <Button
          variant={method === "passkey" ? "filled" : "default"}
          fullWidth
          data-autofocus
          leftSection={<IconKey size={16} stroke={1.5} />}
          loading={passkey.isPending || (answer.isPending && Boolean(answer.variables.passkey))}
          onClick={() => {
            answer.reset();
            passkey.mutate();
          }}
        >
          {t("second.passkey")}
        </Button>
      )}
      {offersPasskey && <NoPasskeysHere />}
      <OtherWays methods={methods} method={method} onMethod={turn} />
      <Anchor component="button" type="button" className={classes.link} onClick={onBack}>
        {t("forgot.back")}
      </Anchor>
    </Frame>
  );
}

type WaysProps = { methods: readonly Method[]; method: Method; onMethod: (method: Method) => void };

/** For those who do not have what was asked for. */
function OtherWays({ methods, method, onMethod }: WaysProps) {
  const { t } = useTranslation();
  if (method === "recovery_code") {
    return (
      <Anchor
        component="button"
        type="button"
        className={classes.link}
        onClick={() => onMethod(methods.includes("totp") ? "totp" : "passkey")}
      >
        {t("second.haveDevice")}
      </Anchor>
    );
  }
  if (!methods.includes("recovery_code")) return <Text c="dimmed">{t("second.askAdministrator")}</Text>;
  return (
    <Anchor component="button" type="button" className={classes.link} onClick={() => onMethod("recovery_code")}>
      {t("second.noDevice")}
    </Anchor>
  );
}

type FormProps = { isRecovery: boolean; error?: string; isPending: boolean; onSubmit: (answer: Answer) => void };

function CodeForm({ isRecovery, error, isPending, onSubmit }: FormProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const code = isRecovery ? text.trim() : codeOf(text);
        const isWhole = isRecovery ? code.length >= 10 : code.length === 6;
        setMissing(!isWhole);
        if (isWhole) onSubmit(isRecovery ? { recovery_code: code.slice(0, 20) } : { code });
      }}
    >
      <TextInput
        label={t(isRecovery ? "second.recovery" : "second.code")}
        description={t(isRecovery ? "second.recoveryHelp" : "second.codeHelp")}
        inputMode={isRecovery ? "text" : "numeric"}
        autoComplete={isRecovery ? "off" : "one-time-code"}
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
        maxLength={30}
        value={text}
        error={missing ? t(isRecovery ? "second.recoveryMissing" : "account.factors.codeMissing") : error}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" loading={isPending} fullWidth>
        {t("login.submit")}
      </Button>
    </form>
  );
}

async function passkeyOf(token: string): Promise<Answer> {
  const question = await data(authGetSecondFactorPasskeyOptions({ body: { token }, throwOnError: true }));
  return { passkey: await answerWithPasskey(question) };
}

const over = (onOver: () => void) => (error: Error) => {
  if (error instanceof ApiProblem && error.code === "login_over") onOver();
};

function useAnswer(token: string, onDone: () => void, onOver: () => void) {
  return useMutation({
    mutationFn: (body: Answer) =>
      authCreateBrowserSessionBySecondFactor({ body: { token, ...body }, throwOnError: true }),
    onSuccess: onDone,
    onError: over(onOver),
  });
}
