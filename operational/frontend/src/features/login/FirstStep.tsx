import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconKey } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  ApiProblem,
  authCreateBrowserSession,
  authCreateBrowserSessionByPasskey,
  authGetPasskeyLoginOptions,
  data,
  type SecondFactorOut,
} from "@/api";
import { problemText } from "@/components/notifyProblem";
import { answerWithPasskey, hasPasskeys } from "@/session/passkeys";
import { Frame } from "./Frame";
import classes from "./Login.module.css";
import { SsoButtons } from "./SsoButtons";

type Values = { email: string; password: string; tenant: string };
type Props = {
  email: string;
  /** The second step took too long, or too many attempts. */
  isOver: boolean;
  /** The page to open afterwards. */
  next?: string;
  onDone: () => void;
  onSecond: (waiting: SecondFactorOut, email: string) => void;
};

/** The first step of a log-in: address and password, or a passkey, which is all. */
export function FirstStep({ email: known, isOver, next, onDone, onSecond }: Props) {
  const { t } = useTranslation();
  const isPasswordSet = useRouterState({ select: (state) => state.location.state.isPasswordSet });
  const [typed, setTyped] = useState(known);
  const login = useLogin(onDone, onSecond);
  const passkey = usePasskey(onDone);
  const error = login.error ?? passkey.error;
  const isAsked = login.isPending || passkey.isPending || error !== null;
  return (
    <Frame title={t("login.title")} text={t("login.text")}>
      {isPasswordSet && !isAsked && (
        <Alert color="good" role="status" variant="light">
          {t("login.passwordSet")}
        </Alert>
      )}
      {isOver && !isAsked && (
        <Alert color="warn" role="alert" variant="light">
          {t("problem.login_over")}
        </Alert>
      )}
      {error && (
        <Alert color="bad" role="alert" variant="light">
          {passkey.error && isRefused(passkey.error) ? t("login.passkeyUnknown") : problemText(error)}
        </Alert>
      )}
      <PasswordForm
        known={known}
        // the server does not tell why it refused; an address known to several tenants is one reason
        mayNeedTenant={isRefused(login.error)}
        isPending={login.isPending}
        onTyped={setTyped}
        onSubmit={(values) => {
          passkey.reset();
          login.mutate(values);
        }}
      />
      {hasPasskeys() && (
        <Button
          variant="default"
          fullWidth
          leftSection={<IconKey size={16} stroke={1.5} />}
          loading={passkey.isPending}
          onClick={() => {
            login.reset();
            passkey.mutate();
          }}
        >
          {t("login.passkey")}
        </Button>
      )}
      <SsoButtons next={next} />
      <Link to="/forgot-password" state={{ email: typed.trim() || undefined }} className={classes.link}>
        {t("login.forgot")}
      </Link>
    </Frame>
  );
}

type FormProps = {
  known: string;
  mayNeedTenant: boolean;
  isPending: boolean;
  onTyped: (email: string) => void;
  onSubmit: (values: Values) => void;
};

function PasswordForm({ known, mayNeedTenant, isPending, onTyped, onSubmit }: FormProps) {
  const { t } = useTranslation();
  const form = useForm<Values>({
    mode: "uncontrolled",
    initialValues: { email: known, password: "", tenant: "" },
  });
  form.watch("email", ({ value }) => onTyped(value));
  return (
    <form className={classes.form} onSubmit={form.onSubmit(onSubmit)}>
      <TextInput
        label={t("login.email")}
        type="email"
        autoComplete="username"
        required
        autoFocus={!known}
        key={form.key("email")}
        {...form.getInputProps("email")}
      />
      <PasswordInput
        label={t("login.password")}
        autoComplete="current-password"
        required
        autoFocus={Boolean(known)}
        visibilityToggleButtonProps={{ "aria-label": t("login.show") }}
        key={form.key("password")}
        {...form.getInputProps("password")}
      />
      {mayNeedTenant && (
        <TextInput
          label={t("login.tenant")}
          description={t("login.tenantHelp")}
          key={form.key("tenant")}
          {...form.getInputProps("tenant")}
        />
      )}
      <Button type="submit" loading={isPending} fullWidth>
        {t("login.submit")}
      </Button>
    </form>
  );
}

const isRefused = (error: unknown) => error instanceof ApiProblem && error.code === "login_refused";

function useLogin(onDone: Props["onDone"], onSecond: Props["onSecond"]) {
  return useMutation({
    mutationFn: ({ email, password, tenant }: Values) =>
      authCreateBrowserSession({ body: { email, password, tenant: tenant || null }, throwOnError: true }),
    onSuccess: ({ data: answer, response }, { email }) => {
      if (response.status === 202) onSecond(answer as SecondFactorOut, email);
      else onDone();
    },
  });
}

function usePasskey(onDone: () => void) {
  return useMutation({
    mutationFn: async () => {
      const question = await data(authGetPasskeyLoginOptions({ throwOnError: true }));
      return authCreateBrowserSessionByPasskey({ body: await answerWithPasskey(question), throwOnError: true });
    },
    onSuccess: onDone,
  });
}
