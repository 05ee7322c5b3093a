import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiProblem, authCreateBrowserSession } from "@/api";
import { Logo } from "@/components/Logo";
import { problemText } from "@/components/notifyProblem";
import { meta } from "@/session/cookies";

export type LoginSearch = { next?: string };
type Values = { email: string; password: string; tenant: string };

/** Where to go after the log-in; only ever to one of our own pages. */
export function nextAddress(next: string | undefined): string {
  if (next === "dashboards") return meta("psa-dashboards") || "/";
  return next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? next : "/";
}

/** The log-in. */
export function LoginPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ from: "/login" });
  const form = useForm<Values>({ mode: "uncontrolled", initialValues: { email: "", password: "", tenant: "" } });
  const login = useMutation({
    mutationFn: ({ email, password, tenant }: Values) =>
      authCreateBrowserSession({ body: { email, password, tenant: tenant || null }, throwOnError: true }),
    onSuccess: () => {
      queries.clear();
      const target = nextAddress(next);
      if (target.startsWith("/")) router.history.push(target);
      else window.location.assign(target);
    },
  });
  // the server does not tell why it refused; an address known to several tenants is one reason
  const mayNeedTenant = login.error instanceof ApiProblem && login.error.code === "login_refused";
  return (
    <Center mih="100%" p="md" bg="var(--psa-ground)" component="main">
      <Paper withBorder p="xl" w={380} maw="100%">
        <form onSubmit={form.onSubmit((values) => login.mutate(values))}>
          <Stack gap="md">
            <Logo />
            <div>
              <Title order={1}>{t("login.title")}</Title>
              <Text c="dimmed">{t("login.text")}</Text>
            </div>
            {login.error && (
              <Alert color="bad" role="alert" variant="light">
                {problemText(login.error)}
              </Alert>
            )}
            <TextInput
              label={t("login.email")}
              type="email"
              autoComplete="username"
              required
              autoFocus
              key={form.key("email")}
              {...form.getInputProps("email")}
            />
            <PasswordInput
              label={t("login.password")}
              autoComplete="current-password"
              required
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
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
