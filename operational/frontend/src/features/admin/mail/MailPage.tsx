import { NativeSelect } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { MailOut } from "@/api";
import { Needs } from "@/components/Needs";
import crm from "@/features/crm/Crm.module.css";
import { type Column, RecordsPage } from "@/features/crm/RecordsPage";
import { formatDateTime, formatNumber } from "@/i18n/format";
import classes from "../Admin.module.css";
import { MAIL_STATUS, type MailStatus, mailQuery, stuckQuery } from "../queries";
import { MailBadge } from "./MailBadge";
import { mailKind } from "./words";

/** Mail that leaves, has left, or is stuck. */
export function MailPage() {
  return (
    <Needs permission="auth.mail.read">
      <Mails />
    </Needs>
  );
}

function Mails() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { state: status } = useSearch({ from: "/inside/mail" });
  const { mailId } = useParams({ strict: false });
  const list = useInfiniteQuery(mailQuery(status));
  return (
    <RecordsPage
      title={t("nav.mail")}
      columns={columnsOf(t)}
      list={list}
      above={
        <>
          <NativeSelect
            size="xs"
            maw={220}
            aria-label={t("admin.mail.filter")}
            value={status ?? ""}
            data={[
              { value: "", label: t("admin.mail.all") },
              ...MAIL_STATUS.map((value) => ({ value, label: t(`admin.mail.status.${value}`) })),
            ]}
            onChange={(event) => {
              const next = (event.currentTarget.value || undefined) as MailStatus | undefined;
              void navigate({ to: ".", search: { state: next }, replace: true });
            }}
          />
          {status !== "stuck" && <Stuck />}
        </>
      }
      empty={
        status
          ? { title: t("admin.mail.noneSuch"), help: t("admin.mail.noneSuchHelp") }
          : { title: t("admin.mail.none"), help: t("admin.mail.noneHelp") }
      }
      openId={mailId}
      onOpen={({ id }) => navigate({ to: "/mail/$mailId", params: { mailId: id }, search: (search) => search })}
      tall={(one) => (
        <>
          <span className={crm.tallLine}>
            <span className={crm.name}>{one.subject}</span>
          </span>
          <span className={classes.mailLine}>
            <MailBadge status={one.status} />
            <span className={crm.faint}>{one.recipient}</span>
          </span>
        </>
      )}
    />
  );
}

/** Says that somebody should look at mail that is stuck. */
function Stuck() {
  const { t } = useTranslation();
  const stuck = useQuery(stuckQuery).data;
  if (!stuck || stuck.items.length === 0) return null;
  const number = `${formatNumber(stuck.items.length)}${stuck.next_cursor ? "+" : ""}`;
  return (
    <div className={classes.attention} role="status">
      <IconAlertTriangle size={16} stroke={2} color="var(--psa-bad)" aria-hidden />
      <span>{t("admin.mail.stuck", { count: stuck.items.length, number })}</span>
      <Link to="/mail" search={{ state: "stuck" }} className={crm.link}>
        {t("admin.mail.showStuck")}
      </Link>
    </div>
  );
}

function columnsOf(t: TFunction): Array<Column<MailOut>> {
  return [
    {
      id: "subject",
      name: t("admin.mail.subject"),
      width: "minmax(200px, 2fr)",
      cell: (one) => (
        <Link
          to="/mail/$mailId"
          params={{ mailId: one.id }}
          search={(search) => search}
          tabIndex={-1}
          className={crm.name}
        >
          {one.subject}
        </Link>
      ),
    },
    { id: "recipient", name: t("admin.mail.recipient"), width: "minmax(180px, 1.4fr)", cell: (one) => one.recipient },
    { id: "kind", name: t("admin.mail.kindHead"), width: "170px", cell: (one) => mailKind(t, one.kind) },
    { id: "status", name: t("admin.staff.state"), width: "140px", cell: (one) => <MailBadge status={one.status} /> },
    {
      id: "created",
      name: t("admin.mail.created"),
      width: "170px",
      isNumber: true,
      cell: (one) => <span className="tabular">{formatDateTime(one.created_at)}</span>,
    },
  ];
}
