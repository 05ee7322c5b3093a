import { Box, Group, Text } from "@mantine/core";
import {
  IconBuilding,
  IconChartBar,
  IconInbox,
  IconPlugConnectedX,
  IconProgress,
  IconUser,
  IconUsers,
} from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCommand } from "@/commands/registry";
import { SavedViews } from "@/features/queue/SavedViews";
import { type QueueSearch, UNRESOLVED } from "@/features/queue/search";
import { meta } from "@/session/cookies";
import { useMay, useMe } from "@/session/useSession";
import { AdminNavigation } from "./AdminNavigation";
import classes from "./Shell.module.css";

const ICON = { size: 18, stroke: 1.5 } as const;

/** The way to every page. */
export function Navigation({ onMove, connected }: { onMove: () => void; connected: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const dashboards = meta("psa-dashboards");
  const mayReports = useMay("reports.dashboard.read");
  const mayCrm = useMay("crm.customer.read");
  const mine = { assignee_id: me.id, status_category: UNRESOLVED, sort: "due_at" } satisfies QueueSearch;
  const unresolved = { status_category: UNRESOLVED, sort: "due_at" } satisfies QueueSearch;
  useCommand("go.tickets", () => navigate({ to: "/tickets", search: {} }));
  useCommand("go.unresolved", () => navigate({ to: "/tickets", search: unresolved }));
  useCommand("go.mine", () => navigate({ to: "/tickets", search: mine }));
  useCommand("go.customers", () => navigate({ to: "/customers", search: {} }), !mayCrm);
  useCommand("go.contacts", () => navigate({ to: "/contacts", search: {} }), !mayCrm);
  useCommand("go.dashboards", () => window.location.assign(dashboards), !dashboards || !mayReports);
  const exact = { exact: true, includeSearch: true } as const;
  return (
    <Box py="sm" h="100%" display="flex" style={{ flexDirection: "column", overflowY: "auto" }} onClick={onMove}>
      <Link to="/tickets" search={{}} className={classes.link} activeOptions={exact}>
        <IconInbox {...ICON} /> {t("nav.tickets")}
      </Link>
      <Link to="/tickets" search={unresolved} className={classes.link} activeOptions={exact}>
        <IconProgress {...ICON} /> {t("nav.unresolved")}
      </Link>
      <Link to="/tickets" search={mine} className={classes.link} activeOptions={exact}>
        <IconUser {...ICON} /> {t("nav.mine")}
      </Link>
      <SavedViews />
      <Box h={12} />
      {mayCrm && (
        <>
          <Link to="/customers" search={{}} className={classes.link} activeOptions={{ includeSearch: false }}>
            <IconBuilding {...ICON} /> {t("nav.customers")}
          </Link>
          <Link to="/contacts" search={{}} className={classes.link} activeOptions={{ includeSearch: false }}>
            <IconUsers {...ICON} /> {t("nav.contacts")}
          </Link>
        </>
      )}
      {dashboards && mayReports && (
        <a href={dashboards} className={classes.link}>
          <IconChartBar {...ICON} /> {t("nav.dashboards")}
        </a>
      )}
      <AdminNavigation />
      <Group mt="auto" px="md" gap="xs" role="status" mih={20} wrap="nowrap">
        {!connected && (
          <>
            <IconPlugConnectedX size={16} color="var(--psa-warn)" />
            <Text size="xs">{t("shell.offline")}</Text>
          </>
        )}
      </Group>
    </Box>
  );
}
