import { ActionIcon, AppShell, Box, Burger, Button, Group, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure, useNetwork } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { Outlet, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { keysText } from "@/commands/catalogue";
import { useCommand } from "@/commands/registry";
import { useKeys } from "@/commands/useKeys";
import { Logo } from "@/components/Logo";
import { useNewTicketLink } from "@/features/newTicket/useNewTicketLink";
import { TimerWidget } from "@/features/timer/TimerWidget";
import { useLiveStream } from "@/live/useLive";
import { csrfValue } from "@/session/cookies";
import { onSessionEnded } from "@/session/sessionFetch";
import { useRightsLive } from "@/session/useRightsLive";
import { LacksFactor } from "./LacksFactor";
import { Navigation } from "./Navigation";
import { PersonMenu } from "./PersonMenu";
import classes from "./Shell.module.css";

const KeySheet = lazy(() => import("@/commands/KeySheet").then((module) => ({ default: module.KeySheet })));
const Palette = lazy(() => import("@/features/palette/Palette").then((module) => ({ default: module.Palette })));

/** What stands around every page: navigation, search, the running timer, the person's own menu. */
export function Shell() {
  const { t } = useTranslation();
  const [navOpened, nav] = useDisclosure(false);
  const [sheetOpened, sheet] = useDisclosure(false);
  const [paletteOpened, palette] = useDisclosure(false);
  useKeys();
  useSessionEnd();
  useRightsLive();
  const connected = useLiveStream();
  const { online } = useNetwork();
  useCommand("app.palette", palette.toggle);
  useCommand("app.keys", sheet.toggle);
  const newTicket = useNewTicketLink();
  useCommand("app.newTicket", newTicket);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 200, breakpoint: "sm", collapsed: { mobile: !navOpened } }}
      padding={0}
    >
      <AppShell.Header className={classes.header}>
        <a href="#main" className={classes.skip}>
          {t("shell.skip")}
        </a>
        <Group h="100%" px="sm" gap="sm" wrap="nowrap">
          <Burger opened={navOpened} onClick={nav.toggle} hiddenFrom="sm" size="sm" aria-label={t("shell.menu")} />
          <Box visibleFrom="sm" lh={0}>
            <Logo size={26} />
          </Box>
          <UnstyledButton className={classes.search} onClick={palette.open}>
            <IconSearch size={16} stroke={1.5} />
            <span className={classes.searchText}>{t("shell.search")}</span>
            <kbd className={classes.kbd}>{keysText("app.palette")}</kbd>
          </UnstyledButton>
          <Group ml="auto" gap="sm" wrap="nowrap">
            <TimerWidget />
            <Tooltip label={`${t("commands.app.newTicket")} (${keysText("app.newTicket")})`}>
              <Button size="xs" visibleFrom="sm" leftSection={<IconPlus size={16} />} onClick={newTicket}>
                {t("shell.newTicket")}
              </Button>
            </Tooltip>
            <ActionIcon hiddenFrom="sm" size="lg" aria-label={t("commands.app.newTicket")} onClick={newTicket}>
              <IconPlus size={18} />
            </ActionIcon>
            <PersonMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={t("shell.navigation")}>
        <Navigation onMove={nav.close} connected={connected && online} />
      </AppShell.Navbar>
      <AppShell.Main id="main" className={classes.main}>
        <LacksFactor />
        <Outlet />
      </AppShell.Main>
      <Suspense>
        {sheetOpened && <KeySheet opened onClose={sheet.close} />}
        {paletteOpened && <Palette opened onClose={palette.close} />}
      </Suspense>
    </AppShell>
  );
}

/** Shows the log-in when the session has ended here or in another tab. */
function useSessionEnd(): void {
  const router = useRouter();
  useEffect(() => {
    const leave = () => {
      if (router.state.location.pathname !== "/login") {
        void router.navigate({ to: "/login", search: { next: router.state.location.href } });
      }
    };
    const look = () => {
      if (document.visibilityState === "visible" && csrfValue() === "") leave();
    };
    document.addEventListener("visibilitychange", look);
    const stop = onSessionEnded(leave);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", look);
    };
  }, [router]);
}
