import { Alert, Button, PasswordInput, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { authSetPassword, type PasswordIn } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import classes from "./Account.module.css";

/** Changes the person's own password. */
export function PasswordForm() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm<PasswordIn>({
    mode: "uncontrolled",
    initialValues: { current_password: "", new_password: "" },
    validate: (values) =>
      Object.fromEntries(
        Object.entries(values).flatMap(([name, value]) => (value ? [] : [[name, t("account.missing")]])),
      ),
  });
  const change = useMutation({
    mutationFn: (body: PasswordIn) => authSetPassword({ body, throwOnError: true }),
    onSuccess: () => {
      form.reset();
      notifications.show({ message: t("account.passwordChanged") });
      return client.invalidateQueries({ queryKey: ["sessions"] });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const isTold = Object.keys(fieldErrors(change.error)).length > 0;
  const show = { visibilityToggleButtonProps: { "aria-label": t("login.show") } };
  return (
    <section className={classes.part} aria-label={t("account.password")}>
      <h2 className={classes.partTitle}>{t("account.password")}</h2>
      <form className={classes.form} noValidate onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <PasswordInput
          {...show}
          label={t("account.current")}
          autoComplete="current-password"
          key={form.key("current_password")}
          {...form.getInputProps("current_password")}
        />
        <PasswordInput
          {...show}
          label={t("account.new")}
          description={t("account.newHelp")}
          autoComplete="new-password"
          key={form.key("new_password")}
          {...form.getInputProps("new_password")}
        />
        {change.error && !isTold && (
          <Alert color="bad" variant="light" role="alert" p="sm">
            {problemText(change.error)}
          </Alert>
        )}
        <Text size="sm" c="dimmed">
          {t("account.othersEnd")}
        </Text>
        <Button type="submit" variant="default" loading={change.isPending}>
          {t("account.change")}
        </Button>
      </form>
    </section>
  );
}
