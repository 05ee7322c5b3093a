import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { UserDetail } from "@/api";
import { Needs } from "@/components/Needs";
import crm from "@/features/crm/Crm.module.css";
import { ALL_AT_ONCE, type Column, RecordsPage } from "@/features/crm/RecordsPage";
import { roleName } from "@/features/permissions/words";
import { serviceAccountsQuery } from "../queries";
import { useAdminLive } from "../useAdminLive";

/** Programs that act for themselves. */
export function ServiceAccountsPage() {
  return (
    <Needs permission="auth.user.manage">
      <ServiceAccounts />
    </Needs>
  );
}

function ServiceAccounts() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { text } = useSearch({ from: "/inside/service-accounts" });
  const { accountId } = useParams({ strict: false });
  const isNew = useLocation({ select: ({ pathname }) => pathname === "/service-accounts/new" });
  const { data, error, refetch } = useQuery(serviceAccountsQuery);
  useAdminLive();
  const wanted = (text ?? "").toLowerCase();
  return (
    <RecordsPage
      title={t("nav.serviceAccounts")}
      columns={columnsOf(t)}
      list={{ ...ALL_AT_ONCE, data: data?.filter(({ name }) => name.toLowerCase().includes(wanted)), error, refetch }}
      text={text}
      onText={(next) => navigate({ to: ".", search: next ? { text: next } : {}, replace: true })}
      empty={{ title: t("admin.service.nobody"), help: t("admin.service.nobodyHelp") }}
      openId={isNew ? "new" : accountId}
      onOpen={({ id }) =>
        navigate({ to: "/service-accounts/$accountId", params: { accountId: id }, search: (search) => search })
      }
      action={
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => navigate({ to: "/service-accounts/new", search: { text } })}
        >
          {t("admin.service.new")}
        </Button>
      }
      tall={(one) => (
        <>
          <span className={crm.tallLine}>
            <span className={crm.name}>{one.name}</span>
            {!one.is_active && <span className={crm.tag}>{t("admin.staff.inactive")}</span>}
          </span>
          <span className={crm.faint}>{rolesText(t, one)}</span>
        </>
      )}
    />
  );
}

const rolesText = (t: TFunction, { roles }: UserDetail) =>
  roles.map((name) => roleName(t, name)).join(", ") || t("admin.rights.noRoles");

function columnsOf(t: TFunction): Array<Column<UserDetail>> {
  return [
    {
      id: "name",
      name: t("crm.field.name"),
      width: "minmax(180px, 1fr)",
      cell: (one) => (
        <Link
          to="/service-accounts/$accountId"
          params={{ accountId: one.id }}
          search={(search) => search}
          tabIndex={-1}
          className={crm.name}
        >
          {one.name}
        </Link>
      ),
    },
    { id: "roles", name: t("admin.roles"), width: "minmax(200px, 2fr)", cell: (one) => rolesText(t, one) },
    {
      id: "active",
      name: t("admin.staff.state"),
      width: "130px",
      cell: (one) => (
        <span className={one.is_active ? undefined : crm.faint}>
          {t(one.is_active ? "admin.staff.active" : "admin.staff.inactive")}
        </span>
      ),
    },
  ];
}
