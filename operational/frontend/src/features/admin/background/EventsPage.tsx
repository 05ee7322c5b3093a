import { NativeSelect } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ParkedEventOut } from "@/api";
import { Needs } from "@/components/Needs";
import crm from "@/features/crm/Crm.module.css";
import { type Column, RecordsPage } from "@/features/crm/RecordsPage";
import { formatDateTime } from "@/i18n/format";
import classes from "../Admin.module.css";
import { EventBadge } from "./Badges";
import { Parts } from "./Parts";
import { EVENT_STATUS, type EventStatus, eventsQuery } from "./queries";

/** Events a service could not handle, and what waits behind them. */
export function EventsPage() {
  return (
    <Needs permission="auth.background.read">
      <Events />
    </Needs>
  );
}

function Events() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { handling: status } = useSearch({ from: "/inside/background/events" });
  const { parkedId } = useParams({ strict: false });
  const list = useInfiniteQuery(eventsQuery(status));
  return (
    <RecordsPage
      title={t("background.events")}
      columns={columnsOf(t)}
      list={list}
      above={
        <>
          <Parts />
          <NativeSelect
            size="xs"
            maw={220}
            aria-label={t("background.filter")}
            value={status ?? ""}
            data={[
              { value: "", label: t("background.all") },
              ...EVENT_STATUS.map((value) => ({ value, label: t(`background.eventState.${value}`) })),
            ]}
            onChange={(event) => {
              const next = (event.currentTarget.value || undefined) as EventStatus | undefined;
              void navigate({ to: ".", search: { handling: next }, replace: true });
            }}
          />
        </>
      }
      empty={
        status
          ? { title: t("background.noneSuch"), help: t("background.noneSuchHelp") }
          : { title: t("background.none"), help: t("background.noneHelp") }
      }
      openId={parkedId}
      onOpen={({ id }) =>
        navigate({ to: "/background/events/$parkedId", params: { parkedId: id }, search: (search) => search })
      }
      tall={(one) => (
        <>
          <span className={crm.tallLine}>
            <span className={crm.name}>{one.topic}</span>
          </span>
          <span className={classes.mailLine}>
            <EventBadge status={one.status} />
            <span className={crm.faint}>{one.consumer}</span>
          </span>
        </>
      )}
    />
  );
}

function columnsOf(t: TFunction): Array<Column<ParkedEventOut>> {
  return [
    {
      id: "topic",
      name: t("background.event"),
      width: "minmax(200px, 1.2fr)",
      cell: (one) => (
        <Link
          to="/background/events/$parkedId"
          params={{ parkedId: one.id }}
          search={(search) => search}
          tabIndex={-1}
          className={crm.name}
        >
          {one.topic}
        </Link>
      ),
    },
    { id: "consumer", name: t("background.consumer"), width: "minmax(150px, 1fr)", cell: (one) => one.consumer },
    { id: "status", name: t("admin.staff.state"), width: "160px", cell: (one) => <EventBadge status={one.status} /> },
    {
      id: "error",
      name: t("background.lastError"),
      width: "minmax(160px, 1.4fr)",
      cell: (one) => one.last_error ?? "–",
    },
    {
      id: "occurred",
      name: t("background.occurred"),
      width: "170px",
      isNumber: true,
      cell: (one) => <span className="tabular">{formatDateTime(one.occurred_at)}</span>,
    },
  ];
}
