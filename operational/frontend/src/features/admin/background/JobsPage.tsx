import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Needs } from "@/components/Needs";
import crm from "@/features/crm/Crm.module.css";
import { ALL_AT_ONCE, type Column, RecordsPage } from "@/features/crm/RecordsPage";
import { formatDateTime } from "@/i18n/format";
import classes from "../Admin.module.css";
import { JobBadge } from "./Badges";
import { Parts } from "./Parts";
import { type Job, jobsQuery } from "./queries";
import { jobName, jobState, schedule } from "./words";

/** What the system does by itself, and how it fares. */
export function JobsPage() {
  return (
    <Needs permission="auth.background.read">
      <Jobs />
    </Needs>
  );
}

function Jobs() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { job } = useParams({ strict: false });
  const { data, error, refetch } = useQuery(jobsQuery);
  return (
    <RecordsPage
      title={t("background.jobs")}
      columns={columnsOf(t)}
      list={{ ...ALL_AT_ONCE, data, error, refetch }}
      above={<Parts />}
      empty={{ title: t("background.noJobs"), help: t("background.noJobsHelp") }}
      openId={job}
      onOpen={({ id }) => navigate({ to: "/background/jobs/$job", params: { job: id } })}
      tall={(one) => (
        <>
          <span className={crm.tallLine}>
            <span className={crm.name}>{jobName(t, one.job)}</span>
          </span>
          <span className={classes.mailLine}>
            <JobBadge state={jobState(one)} />
            <span className={crm.faint}>{schedule(t, one.schedule)}</span>
          </span>
        </>
      )}
    />
  );
}

function columnsOf(t: TFunction): Array<Column<Job>> {
  return [
    {
      id: "job",
      name: t("background.what"),
      width: "minmax(220px, 1.4fr)",
      cell: (one) => (
        <Link to="/background/jobs/$job" params={{ job: one.job }} tabIndex={-1} className={crm.name}>
          {jobName(t, one.job)}
        </Link>
      ),
    },
    { id: "state", name: t("admin.staff.state"), width: "180px", cell: (one) => <JobBadge state={jobState(one)} /> },
    { id: "schedule", name: t("background.schedule"), width: "170px", cell: (one) => schedule(t, one.schedule) },
    {
      id: "last",
      name: t("background.lastRun"),
      width: "170px",
      isNumber: true,
      cell: (one) => <span className="tabular">{one.last_started_at ? formatDateTime(one.last_started_at) : "–"}</span>,
    },
    { id: "error", name: t("background.lastError"), width: "minmax(160px, 1fr)", cell: (one) => one.last_error ?? "–" },
  ];
}
