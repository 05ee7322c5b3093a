import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { RoleOut } from "@/api";
import { Needs } from "@/components/Needs";
import crm from "@/features/crm/Crm.module.css";
import { ALL_AT_ONCE, type Column, RecordsPage } from "@/features/crm/RecordsPage";
import { roleName, roleText } from "@/features/permissions/words";
import { formatNumber } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import { rolesQuery } from "../queries";
import { useAdminLive } from "../useAdminLive";

/** Every role. */
export function RolesPage() {
  return (
    <Needs permission="auth.role.read">
      <Roles />
    </Needs>
  );
}

function Roles() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { text } = useSearch({ from: "/inside/roles" });
  const { roleId } = useParams({ strict: false });
  const isNew = useLocation({ select: ({ pathname }) => pathname === "/roles/new" });
  const mayManage = useMay("auth.role.manage");
  const { data, error, refetch } = useQuery(rolesQuery);
  useAdminLive();
  return (
    <RecordsPage
      title={t("nav.roles")}
      columns={columnsOf(t)}
      list={{ ...ALL_AT_ONCE, data: data && sorted(t, data, text), error, refetch }}
      text={text}
      onText={(next) => navigate({ to: ".", search: next ? { text: next } : {}, replace: true })}
      empty={{ title: t("admin.role.nobody"), help: t("admin.role.nobodyHelp") }}
      openId={isNew ? "new" : roleId}
      onOpen={({ id }) => navigate({ to: "/roles/$roleId", params: { roleId: id }, search: (search) => search })}
      action={
        mayManage && (
          <Button
            size="compact-md"
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => navigate({ to: "/roles/new", search: { text } })}
          >
            {t("admin.role.new")}
          </Button>
        )
      }
      tall={(one) => (
        <>
          <span className={crm.tallLine}>
            <span className={crm.name}>{roleName(t, one.name)}</span>
            <RoleTag role={one} />
          </span>
          <span className={crm.faint}>{t("admin.role.people", { count: one.people })}</span>
        </>
      )}
    />
  );
}

function sorted(t: TFunction, roles: readonly RoleOut[], text = ""): RoleOut[] {
  const wanted = text.toLowerCase();
  return roles
    .filter((role) => roleName(t, role.name).toLowerCase().includes(wanted))
    .sort((one, other) => roleName(t, one.name).localeCompare(roleName(t, other.name)));
}

/** Says of a role that it is the company's own, or that the company has changed it. */
export function RoleTag({ role }: { role: RoleOut }) {
  const { t } = useTranslation();
  if (!role.is_shipped) return <span className={crm.tag}>{t("admin.role.ours")}</span>;
  if (role.changed.length === 0) return null;
  return <span className={crm.tag}>{t("admin.role.changed")}</span>;
}

function columnsOf(t: TFunction): Array<Column<RoleOut>> {
  return [
    {
      id: "name",
      name: t("crm.field.name"),
      width: "minmax(200px, 1fr)",
      cell: (one) => (
        <>
          <Link
            to="/roles/$roleId"
            params={{ roleId: one.id }}
            search={(search) => search}
            tabIndex={-1}
            className={crm.name}
          >
            {roleName(t, one.name)}
          </Link>
          <RoleTag role={one} />
        </>
      ),
    },
    { id: "text", name: t("admin.role.description"), width: "minmax(220px, 2fr)", cell: (one) => roleText(t, one) },
    {
      id: "people",
      name: t("admin.role.peopleHead"),
      width: "100px",
      isNumber: true,
      cell: (one) => <span className="tabular">{formatNumber(one.people)}</span>,
    },
    {
      id: "permissions",
      name: t("admin.role.rightsHead"),
      width: "90px",
      isNumber: true,
      cell: (one) => <span className="tabular">{formatNumber(Object.keys(one.permissions).length)}</span>,
    },
  ];
}
