import { Alert, Button, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { authCreatePasswordReset, type ResetIn } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { Frame } from "./Frame";
import classes from "./Login.module.css";

/** Asks for a link to set a new password with. */
export function ForgotPasswordPage() {
  const { t } = useTranslation();
  const ask = useMutation({
    mutationFn: (body: ResetIn) => authCreatePasswordReset({ body, throwOnError: true }),
  });
  const email = ask.variables?.email;
  const back = (
    <Link to="/login" search={{}} state={{ email }} className={classes.link}>
      {t("forgot.back")}
    </Link>
  );
  if (ask.isSuccess) {
    return (
      <Frame title={t("forgot.sentTitle")}>
        <Text role="status" className={classes.title}>
          {t("forgot.sentText", { email })}
        </Text>
        <Text c="dimmed">{t("forgot.notArrived")}</Text>
        {back}
      </Frame>
    );
  }
  return (
    <Frame title={t("forgot.title")} text={t("forgot.text")}>
      {ask.error && (
        <Alert color="bad" role="alert" variant="light">
          {problemText(ask.error)}
        </Alert>
      )}
      <ForgotForm isPending={ask.isPending} onSubmit={ask.mutate} />
      {back}
    </Frame>
  );
}

function ForgotForm({ isPending, onSubmit }: { isPending: boolean; onSubmit: (body: ResetIn) => void }) {
  const { t } = useTranslation();
  const { email } = useRouterState({ select: (state) => state.location.state });
  const [isCompanyOpen, company] = useDisclosure(false);
  const form = useForm({ mode: "uncontrolled", initialValues: { email: email ?? "", tenant: "" } });
  const Chevron = isCompanyOpen ? IconChevronDown : IconChevronRight;
  return (
    <form
      className={classes.form}
      onSubmit={form.onSubmit((values) =>
        onSubmit({ email: values.email.trim(), tenant: values.tenant.trim() || null }),
      )}
    >
      <TextInput
        label={t("login.email")}
        type="email"
        autoComplete="username"
        required
        autoFocus
        key={form.key("email")}
        {...form.getInputProps("email")}
      />
      <Button
        variant="subtle"
        fw={400}
        size="compact-sm"
        className={classes.fold}
        leftSection={<Chevron size={14} stroke={1.5} />}
        aria-expanded={isCompanyOpen}
        onClick={company.toggle}
      >
        {t("forgot.company")}
      </Button>
      {isCompanyOpen && (
        <TextInput
          label={t("login.tenant")}
          description={t("forgot.companyHelp")}
          key={form.key("tenant")}
          {...form.getInputProps("tenant")}
        />
      )}
      <Button type="submit" loading={isPending} fullWidth>
        {t("forgot.submit")}
      </Button>
    </form>
  );
}
