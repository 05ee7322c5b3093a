import { Center, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Logo } from "@/components/Logo";
import classes from "./Login.module.css";

/** A page for those who are not logged in: one thing to do, in the middle. */
export function Frame({ title, text, children }: { title: string; text?: ReactNode; children: ReactNode }) {
  return (
    <Center mih="100%" p="md" bg="var(--psa-ground)" component="main">
      <Paper withBorder p="xl" w={380} maw="100%">
        <Stack gap="md">
          <Logo />
          <div>
            <Title order={1} className={classes.title}>
              {title}
            </Title>
            {text && (
              <Text c="dimmed" className={classes.title}>
                {text}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </Paper>
    </Center>
  );
}
