import { Alert, Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";
import { useMe } from "@/session/useSession";
import { loginAgain } from "./loginAgain";

export type Proof = { current_password?: string };
type Props<T> = {
  title: string;
  text: string;
  action: string;
  run: (proof: Proof) => Promise<T>;
  onDone: (found: T) => void;
  onClose: () => void;
  isDangerous?: boolean;
  /** What else is to be filled in; false while it is not. */
  isReady?: boolean;
  children?: ReactNode;
};

/**
 * Asks for the present password before something about how the person logs in is changed. Whoever has none must have
 * logged in a moment ago, and is led there when it was longer ago.
 */
export function ProofDialog<T>(props: Props<T>) {
  const { title, text, action, run, onDone, onClose, isDangerous = false, isReady = true, children } = props;
  const { t } = useTranslation();
  const me = useMe();
  const [password, setPassword] = useState("");
  const [isAsked, setAsked] = useState(false);
  const change = useMutation({ mutationFn: run, onSuccess: onDone });
  const { current_password: wrong } = fieldErrors(change.error);
  const isOld = change.error instanceof ApiProblem && change.error.code === "login_too_old";
  const isProven = !me.has_password || password !== "";
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (isProven && isReady) change.mutate(me.has_password ? { current_password: password } : {});
        }}
      >
        <Stack gap="md">
          <Text>{text}</Text>
          {me.has_password && (
            <PasswordInput
              label={t("account.current")}
              autoComplete="current-password"
              required
              data-autofocus
              visibilityToggleButtonProps={{ "aria-label": t("login.show") }}
              value={password}
              error={isAsked && !password ? t("account.missing") : wrong}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          )}
          {children}
          {change.error && !wrong && (
            <Alert color={isOld ? "info" : "bad"} variant="light" role="alert" p="sm">
              {problemText(change.error)}
            </Alert>
          )}
          <Group gap="sm">
            {isOld ? (
              // a link and no request: the browser itself goes to the provider
              <Button component="a" href={loginAgain(me.login_provider_id)} data-autofocus>
                {t("account.logInAgain")}
              </Button>
            ) : (
              <Button type="submit" color={isDangerous ? "bad" : undefined} loading={change.isPending}>
                {action}
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
