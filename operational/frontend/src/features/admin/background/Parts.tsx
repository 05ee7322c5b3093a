import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatNumber } from "@/i18n/format";
import classes from "../Admin.module.css";
import { deadQuery, jobsQuery } from "./queries";

/** The two things that go on behind the desk, with how much of each wants to be looked at. */
export function Parts() {
  const { t } = useTranslation();
  const failed = useQuery(jobsQuery).data?.filter((job) => job.last_error).length ?? 0;
  const dead = useQuery(deadQuery).data;
  const waiting = dead ? `${formatNumber(dead.items.length)}${dead.next_cursor ? "+" : ""}` : "0";
  return (
    <nav aria-label={t("nav.background")} className={classes.parts}>
      <Link to="/background/jobs" className={classes.partLink} activeOptions={{ includeSearch: false }}>
        {failed > 0 ? t("background.jobsFailed", { number: formatNumber(failed) }) : t("background.jobs")}
      </Link>
      <Link to="/background/events" search={{}} className={classes.partLink} activeOptions={{ includeSearch: false }}>
        {dead && dead.items.length > 0 ? t("background.eventsDead", { number: waiting }) : t("background.events")}
      </Link>
    </nav>
  );
}
