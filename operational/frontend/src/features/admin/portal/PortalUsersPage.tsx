import { Button, NativeSelect } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { UserDetail } from "@/api";
import { Needs } from "@/components/Needs";
import crm from "@/features/crm/Crm.module.css";
import { customerNames } from "@/features/crm/queries";
import { type Column, RecordsPage } from "@/features/crm/RecordsPage";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { useAdminLive } from "../useAdminLive";
import { PortalBadge } from "./PortalBadge";
import { portalUsersQuery } from "./queries";
import { PORTAL_STATES, type PortalState } from "./state";

/** People of customers who log in themselves. */
export function PortalUsersPage() {
  return (
    <Needs permission="auth.user.manage">
      <PortalUsers />
    </Needs>
  );
}

function PortalUsers() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { text, access: state } = useSearch({ from: "/inside/portal-users" });
  const { portalUserId } = useParams({ strict: false });
  const isNew = useLocation({ select: ({ pathname }) => pathname === "/portal-users/new" });
  const list = useInfiniteQuery(portalUsersQuery(text, state));
  const mayNames = useMay("crm.customer.read");
  const names = useQuery({ ...customerNames, enabled: mayNames }).data;
  useAdminLive();
  const customers = (one: UserDetail) => one.portal_customers.map((id) => names?.get(id) ?? "…").join(", ");
  const columns: Array<Column<UserDetail>> = [
    {
      id: "name",
      name: t("crm.field.name"),
      width: "minmax(180px, 1.2fr)",
      cell: (one) => (
        <Link
          to="/portal-users/$portalUserId"
          params={{ portalUserId: one.id }}
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
      width: "minmax(220px, 1.6fr)",
      cell: (one) => one.email ?? t("unknown"),
    },
    { id: "customers", name: t("admin.customers"), width: "minmax(180px, 2fr)", cell: customers },
    { id: "state", name: t("admin.staff.state"), width: "200px", cell: (one) => <PortalBadge user={one} /> },
  ];
  return (
    <RecordsPage
      title={t("nav.portalUsers")}
      columns={columns}
      list={list}
      text={text}
      onText={(next) => navigate({ to: ".", search: { text: next, access: state }, replace: true })}
      above={
        <StateFilter
          state={state}
          onState={(next) => navigate({ to: ".", search: { text, access: next }, replace: true })}
        />
      }
      empty={
        state
          ? { title: t("portal.noneSuch"), help: t("portal.noneSuchHelp") }
          : { title: t("portal.nobody"), help: t("portal.nobodyHelp") }
      }
      openId={isNew ? "new" : portalUserId}
      onOpen={({ id }) =>
        navigate({ to: "/portal-users/$portalUserId", params: { portalUserId: id }, search: (search) => search })
      }
      action={
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => navigate({ to: "/portal-users/new", search: { text, access: state } })}
        >
          {t("portal.new")}
        </Button>
      }
      tall={(one) => (
        <>
          <span className={crm.tallLine}>
            <span className={crm.name}>{one.name}</span>
          </span>
          <span className={classes.mailLine}>
            <PortalBadge user={one} />
            <span className={crm.faint}>{customers(one)}</span>
          </span>
        </>
      )}
    />
  );
}

type FilterProps = { state: PortalState | undefined; onState: (state: PortalState | undefined) => void };

function StateFilter({ state, onState }: FilterProps) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      size="xs"
      maw={220}
      aria-label={t("portal.filter")}
      value={state ?? ""}
      data={[
        { value: "", label: t("portal.all") },
        ...PORTAL_STATES.map((value) => ({ value, label: t(`portal.state.${value}`) })),
      ]}
      onChange={(event) => onState((event.currentTarget.value || undefined) as PortalState | undefined)}
    />
  );
}
