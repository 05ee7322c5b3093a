import { Box, Button, Center, Stack, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Logo } from "./Logo";
import { problemText } from "./notifyProblem";

/** A page's one message, with what can be done about it. */
export function PageMessage({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <Center h="100%" p="xl">
      <Stack gap="sm" maw={420} align="flex-start">
        <Title order={1}>{title}</Title>
        <Text c="dimmed">{text}</Text>
        {children}
      </Stack>
    </Center>
  );
}

/** What is shown where a page could not be made. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <PageMessage title={t("problem.title")} text={problemText(error)}>
      <Button onClick={reset}>{t("problem.again")}</Button>
    </PageMessage>
  );
}

/** What is shown for an address without a page. */
export function PageMissing() {
  const { t } = useTranslation();
  return (
    <Center mih="70vh">
      <Stack gap={0} align="flex-start">
        <Box px="xl" lh={0}>
          <Logo size={40} />
        </Box>
        <PageMessage title={t("missing.title")} text={t("missing.text")}>
          <Button component={Link} to="/tickets">
            {t("missing.home")}
          </Button>
        </PageMessage>
      </Stack>
    </Center>
  );
}
