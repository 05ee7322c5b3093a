import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ProviderOut } from "@/api";
import { Needs } from "@/components/Needs";
import crm from "@/features/crm/Crm.module.css";
import { ALL_AT_ONCE, type Column, RecordsPage } from "@/features/crm/RecordsPage";
import { formatNumber } from "@/i18n/format";
import { useAdminLive } from "../useAdminLive";
import { providersQuery } from "./queries";

/** Identity providers: the services people log in by. */
export function ProvidersPage() {
  return (
    <Needs permission="auth.sso.manage">
      <Providers />
    </Needs>
  );
}

function Providers() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { text } = useSearch({ from: "/inside/identity-providers" });
  const { providerId } = useParams({ strict: false });
  const isNew = useLocation({ select: ({ pathname }) => pathname === "/identity-providers/new" });
  const { data, error, refetch } = useQuery(providersQuery);
  useAdminLive();
  const wanted = (text ?? "").toLowerCase();
  return (
    <RecordsPage
      title={t("nav.identityProviders")}
      columns={columnsOf(t)}
      list={{
        ...ALL_AT_ONCE,
        data: data?.items.filter(({ name }) => name.toLowerCase().includes(wanted)),
        error,
        refetch,
      }}
      text={text}
      onText={(next) => navigate({ to: ".", search: next ? { text: next } : {}, replace: true })}
      empty={{ title: t("provider.nobody"), help: t("provider.nobodyHelp") }}
      openId={isNew ? "new" : providerId}
      onOpen={({ id }) =>
        navigate({ to: "/identity-providers/$providerId", params: { providerId: id }, search: (search) => search })
      }
      action={
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => navigate({ to: "/identity-providers/new", search: { text } })}
        >
          {t("provider.new")}
        </Button>
      }
      tall={(one) => (
        <>
          <span className={crm.tallLine}>
            <span className={crm.name}>{one.name}</span>
            {!one.is_enabled && <span className={crm.tag}>{t("provider.off")}</span>}
          </span>
          <span className={crm.faint}>
            {[t(`provider.preset.${one.preset}`), t("provider.people", { count: one.people })].join(" · ")}
          </span>
        </>
      )}
    />
  );
}

function columnsOf(t: TFunction): Array<Column<ProviderOut>> {
  return [
    {
      id: "name",
      name: t("crm.field.name"),
      width: "minmax(180px, 1fr)",
      cell: (one) => (
        <Link
          to="/identity-providers/$providerId"
          params={{ providerId: one.id }}
          search={(search) => search}
          tabIndex={-1}
          className={crm.name}
        >
          {one.name}
        </Link>
      ),
    },
    {
      id: "preset",
      name: t("provider.kind"),
      width: "minmax(130px, 0.7fr)",
      cell: (one) => t(`provider.preset.${one.preset}`),
    },
    { id: "issuer", name: t("provider.issuer"), width: "minmax(200px, 2fr)", cell: (one) => one.issuer },
    {
      id: "people",
      name: t("provider.peopleHead"),
      width: "110px",
      isNumber: true,
      cell: (one) => <span className="tabular">{formatNumber(one.people)}</span>,
    },
    {
      id: "state",
      name: t("admin.staff.state"),
      width: "140px",
      cell: (one) => (
        <span className={one.is_enabled ? undefined : crm.faint}>
          {t(one.is_enabled ? "provider.on" : "provider.off")}
        </span>
      ),
    },
  ];
}
