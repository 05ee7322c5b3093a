import { Alert, Button, PasswordInput, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { authSetPasswordByLink, type LinkOut, type LinkUseIn } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import classes from "./Login.module.css";
import { forgetToken, isGone } from "./token";

/** The new password of whom a one-time link is for. */
export function SetPasswordForm({ token, link: { email, purpose } }: { token: string; link: LinkOut }) {
  const { t } = useTranslation();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { new_password: "" },
    validate: { new_password: (value) => (value ? null : t("account.missing")) },
  });
  const use = useSetting(token, email, (error) => form.setErrors(fieldErrors(error)));
  const isTold = Object.keys(fieldErrors(use.error)).length > 0;
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit(({ new_password }) => use.mutate({ token, new_password }))}
    >
      {/* tells password managers whose password this is */}
      <input
        className="visually-hidden"
        type="text"
        name="username"
        autoComplete="username"
        value={email}
        readOnly
        tabIndex={-1}
        aria-hidden
      />
      <PasswordInput
        label={t("account.new")}
        description={t("account.newHelp")}
        autoComplete="new-password"
        autoFocus
        visibilityToggleButtonProps={{ "aria-label": t("login.show") }}
        key={form.key("new_password")}
        {...form.getInputProps("new_password")}
      />
      {use.error && !isTold && (
        <Alert color="bad" variant="light" role="alert">
          {problemText(use.error)}
        </Alert>
      )}
      {purpose === "password_reset" && (
        <Text size="sm" c="dimmed">
          {t("setPassword.allEnd")}
        </Text>
      )}
      <Button type="submit" loading={use.isPending} fullWidth>
        {t("setPassword.submit")}
      </Button>
    </form>
  );
}

function useSetting(token: string, email: string, onRefused: (error: Error) => void) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: LinkUseIn) => authSetPasswordByLink({ body, throwOnError: true }),
    onSuccess: async () => {
      forgetToken();
      await navigate({ to: "/login", search: {}, state: { email, isPasswordSet: true }, replace: true });
      // whoever was logged in here is so no more
      queries.clear();
    },
    onError: (error) => {
      // somebody was quicker: the page says so itself when it looks again
      if (isGone(error)) void queries.invalidateQueries({ queryKey: ["one-time-link", token] });
      else onRefused(error);
    },
  });
}
