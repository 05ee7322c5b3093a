import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { UserOut } from "@/api";
import { Needs } from "@/components/Needs";
import crm from "@/features/crm/Crm.module.css";
import { type Column, RecordsPage } from "@/features/crm/RecordsPage";
import { staffQuery } from "../queries";
import { useAdminLive } from "../useAdminLive";

/** Everybody who works here. */
export function StaffPage() {
  return (
    <Needs permission="auth.user.manage">
      <Staff />
    </Needs>
  );
}

function Staff() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { text } = useSearch({ from: "/inside/staff" });
  const { userId } = useParams({ strict: false });
  const isNew = useLocation({ select: ({ pathname }) => pathname === "/staff/new" });
  const list = useInfiniteQuery(staffQuery(text));
  useAdminLive();
  const open = (id: string) => navigate({ to: "/staff/$userId", params: { userId: id }, search: (search) => search });
  return (
    <RecordsPage
      title={t("nav.staff")}
      columns={columnsOf(t)}
      list={list}
      text={text}
      onText={(next) => navigate({ to: ".", search: next ? { text: next } : {}, replace: true })}
      empty={{ title: t("admin.staff.nobody"), help: t("admin.staff.nobodyHelp") }}
      openId={isNew ? "new" : userId}
      onOpen={(one) => open(one.id)}
      action={
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => navigate({ to: "/staff/new", search: { text } })}
        >
          {t("admin.staff.new")}
        </Button>
      }
      tall={(one) => (
        <>
          <span className={crm.tallLine}>
            <span className={crm.name}>{one.name}</span>
            {!one.is_active && <span className={crm.tag}>{t("admin.staff.inactive")}</span>}
          </span>
          <span className={crm.faint}>{[one.team, one.email].filter(Boolean).join(" · ")}</span>
        </>
      )}
    />
  );
}

function columnsOf(t: TFunction): Array<Column<UserOut>> {
  return [
    {
      id: "name",
      name: t("crm.field.name"),
      width: "minmax(180px, 1.4fr)",
      cell: (one) => (
        <Link
          to="/staff/$userId"
          params={{ userId: one.id }}
          search={(search) => search}
          tabIndex={-1}
          className={crm.name}
        >
          {one.name}
        </Link>
      ),
    },
    {
      id: "email",
      name: t("crm.field.email"),
      width: "minmax(220px, 2fr)",
      cell: (one) => one.email ?? t("unknown"),
    },
    {
      id: "team",
      name: t("admin.staff.team"),
      width: "minmax(120px, 1fr)",
      cell: (one) => one.team ?? t("admin.staff.noTeam"),
    },
    {
      id: "active",
      name: t("admin.staff.state"),
      width: "130px",
      cell: (one) => (one.is_active ? t("admin.staff.active") : <Inactive t={t} />),
    },
  ];
}

function Inactive({ t }: { t: TFunction }) {
  return <span className={crm.faint}>{t("admin.staff.inactive")}</span>;
}
