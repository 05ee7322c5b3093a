import { Alert, Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { fieldErrors } from "@/components/fieldErrors";
import { problemText } from "@/components/notifyProblem";

type Proof = { current_password: string };
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

/** Asks for the present password before something about how the person logs in is changed. */
export function ProofDialog<T>(props: Props<T>) {
  const { title, text, action, run, onDone, onClose, isDangerous = false, isReady = true, children } = props;
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const [isAsked, setAsked] = useState(false);
  const change = useMutation({ mutationFn: run, onSuccess: onDone });
  const { current_password: wrong } = fieldErrors(change.error);
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (password && isReady) change.mutate({ current_password: password });
        }}
      >
        <Stack gap="md">
          <Text>{text}</Text>
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
          {children}
          {change.error && !wrong && (
            <Alert color="bad" variant="light" role="alert" p="sm">
              {problemText(change.error)}
            </Alert>
          )}
          <Group gap="sm">
            <Button type="submit" color={isDangerous ? "bad" : undefined} loading={change.isPending}>
              {action}
            </Button>
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
