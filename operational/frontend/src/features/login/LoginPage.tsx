import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useRouter, useRouterState, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, authCreateBrowserSession } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { meta } from "@/session/cookies";
import { Frame } from "./Frame";
import classes from "./Login.module.css";

export type LoginSearch = { next?: string };
type Values = { email: string; password: string; tenant: string };

declare module "@tanstack/react-router" {
  // handed from one of these pages to the next, and not in the address: whose log-in it is, and what was just done
  interface HistoryState {
    email?: string;
    isPasswordSet?: boolean;
  }
}

/** Where to go after the log-in; only ever to one of our own pages. */
export function nextAddress(next: string | undefined): string {
  if (next === "dashboards") return meta("psa-dashboards") || "/";
  return next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? next : "/";
}

/** The log-in. */
export function LoginPage() {
  const { t } = useTranslation();
  const { email: known, isPasswordSet } = useRouterState({ select: (state) => state.location.state });
  const login = useLogin();
  const form = useForm<Values>({
    mode: "uncontrolled",
    initialValues: { email: known ?? "", password: "", tenant: "" },
  });
  const [typed, setTyped] = useState(known ?? "");
  form.watch("email", ({ value }) => setTyped(value));
  // the server does not tell why it refused; an address known to several tenants is one reason
  const mayNeedTenant = login.error instanceof ApiProblem && login.error.code === "login_refused";
  return (
    <Frame title={t("login.title")} text={t("login.text")}>
      {isPasswordSet && !login.error && (
        <Alert color="good" role="status" variant="light">
          {t("login.passwordSet")}
        </Alert>
      )}
      {login.error && (
        <Alert color="bad" role="alert" variant="light">
          {problemText(login.error)}
        </Alert>
      )}
      <form className={classes.form} onSubmit={form.onSubmit((values) => login.mutate(values))}>
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
        <Button type="submit" loading={login.isPending} fullWidth>
          {t("login.submit")}
        </Button>
      </form>
      <Link to="/forgot-password" state={{ email: typed.trim() || undefined }} className={classes.link}>
        {t("login.forgot")}
      </Link>
    </Frame>
  );
}

function useLogin() {
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ from: "/login" });
  return useMutation({
    mutationFn: ({ email, password, tenant }: Values) =>
      authCreateBrowserSession({ body: { email, password, tenant: tenant || null }, throwOnError: true }),
    onSuccess: () => {
      queries.clear();
      const target = nextAddress(next);
      if (target.startsWith("/")) router.history.push(target);
      else window.location.assign(target);
    },
  });
}
