import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiProblem, gatewayRemoveJobError } from "@/api";
import { useCommand } from "@/commands/registry";
import { notifyProblem } from "@/components/notifyProblem";
import { Fact, Facts } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead, RecordMissing } from "@/features/crm/RecordHead";
import { formatDateTime, formatNumber } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { JobBadge } from "./Badges";
import { type Job, jobsQuery } from "./queries";
import { jobName, jobState, schedule } from "./words";

/** One job: when it runs, how the last run went, and its last error until somebody has seen it. */
export function JobPage() {
  const { job: name } = useParams({ from: "/inside/background/jobs/$job" });
  const navigate = useNavigate();
  const { data, error } = useQuery(jobsQuery);
  const back = () => void navigate({ to: "/background/jobs" });
  useCommand("page.back", back);
  const job = data?.find((one) => one.job === name);
  const missing = data && !job ? new ApiProblem(404, "not_found", "") : error;
  if (!job) return <RecordMissing error={missing} onBack={back} />;
  return <OneJob key={name} job={job} onBack={back} />;
}

function OneJob({ job, onBack }: { job: Job; onBack: () => void }) {
  const { t } = useTranslation();
  const at = (instant: string | null | undefined) => (instant ? formatDateTime(instant) : "–");
  return (
    <article className={crm.record} aria-label={jobName(t, job.job)}>
      <RecordHead name={jobName(t, job.job)} onBack={onBack}>
        <Facts>
          <Fact name={t("admin.staff.state")}>
            <JobBadge state={jobState(job)} />
          </Fact>
          <Fact name={t("background.schedule")}>{schedule(t, job.schedule)}</Fact>
          <Fact name={t("background.lastRun")}>{at(job.last_started_at)}</Fact>
          <Fact name={t("background.lastSuccess")}>{at(job.last_succeeded_at)}</Fact>
          <Fact name={t("background.name")}>
            <code>{job.job}</code>
          </Fact>
        </Facts>
      </RecordHead>
      <div className={classes.mail}>{job.last_error && <Failure job={job} error={job.last_error} />}</div>
    </article>
  );
}

function Failure({ job, error }: { job: Job; error: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayManage = useMay("auth.background.manage");
  const dismiss = useMutation({
    mutationFn: () => gatewayRemoveJobError({ path: { job: job.job }, throwOnError: true }),
    onSuccess: () => notifications.show({ message: t("background.dismissed") }),
    onError: notifyProblem,
    onSettled: () => client.invalidateQueries({ queryKey: ["background"] }),
  });
  const state = jobState(job);
  return (
    <section className={classes.trouble} aria-label={t("background.lastError")} data-stuck={state === "failed"}>
      <p className={classes.plain}>
        {t(state === "failed" ? "background.failedText" : "background.recoveredText", {
          count: job.failures,
          number: formatNumber(job.failures ?? 0),
          at: formatDateTime(job.last_error_at ?? ""),
        })}
      </p>
      <p className={classes.soft}>{error}</p>
      {mayManage && (
        <Button
          size="compact-md"
          variant="default"
          className={classes.start}
          leftSection={<IconCheck size={16} />}
          loading={dismiss.isPending}
          onClick={() => dismiss.mutate()}
        >
          {t("background.dismiss")}
        </Button>
      )}
    </section>
  );
}
