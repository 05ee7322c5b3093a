import { Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { data, type ForecastOut, type ForecastPeriodOut, reportsGetForecast } from "@/api";
import { formatDate, formatDay, formatNumber } from "@/i18n/format";
import { usePreference } from "@/session/usePreference";
import { useMay } from "@/session/useSession";
import classes from "./Forecast.module.css";

const forecastQuery = (queue: string | undefined) =>
  queryOptions({
    queryKey: ["forecast", queue ?? null],
    queryFn: ({ signal }) =>
      data(
        reportsGetForecast({ query: { past: 14, horizon: 14, ...(queue && { queue }) }, signal, throwOnError: true }),
      ),
    staleTime: 10 * 60_000,
    retry: false,
  });

const round = (value: number | null) => (value === null ? null : Math.round(value));

/** Tickets expected today, and the days around it as bars; for all tickets or one queue. */
export function ForecastStrip({ queue }: { queue?: string }) {
  const { t } = useTranslation();
  const may = useMay("reports.read_forecast");
  const [opened, setOpened] = usePreference("desk.forecast", false);
  const { data: forecast, error } = useQuery({ ...forecastQuery(queue), enabled: may });
  if (!may) return null;
  const today = forecast?.periods.find((period) => period.first_day === forecast.today);
  return (
    <section className={classes.strip} aria-label={t("queue.forecast.title")}>
      <UnstyledButton className={classes.head} onClick={() => setOpened(!opened)} aria-expanded={opened}>
        {opened ? <IconChevronUp size={14} aria-hidden /> : <IconChevronDown size={14} aria-hidden />}
        <Text size="sm" className="tabular" truncate>
          {error ? t("queue.forecast.away") : sentence(t, forecast, today, queue)}
        </Text>
      </UnstyledButton>
      {opened && forecast?.status === "available" && <Bars forecast={forecast} />}
      {opened && forecast && forecast.status !== "available" && (
        <Text size="sm" c="dimmed" pb="sm">
          {t(`queue.forecast.why_${forecast.status}`)}
        </Text>
      )}
    </section>
  );
}

function sentence(
  t: TFunction,
  forecast: ForecastOut | undefined,
  today: ForecastPeriodOut | undefined,
  queue: string | undefined,
): string {
  if (!forecast) return " ";
  const expected = round(today?.expected ?? null);
  if (forecast.status !== "available" || !today || expected === null) return t("queue.forecast.none");
  return t(queue ? "queue.forecast.todayQueue" : "queue.forecast.today", {
    expected: formatNumber(expected),
    low: told(t, round(today.low_80)),
    high: told(t, round(today.high_80)),
    queue,
  });
}

const HEIGHT = 84;
const STEP = 24;

/** Past days as bars of what came with a mark for what was expected; days to come as the 80 % interval. */
function Bars({ forecast }: { forecast: ForecastOut }) {
  const { t } = useTranslation();
  const { periods, run, today } = forecast;
  const most = Math.max(1, ...periods.map((period) => Math.max(period.actual ?? 0, period.high_80 ?? 0)));
  const y = (value: number) => HEIGHT - (value / most) * (HEIGHT - 4);
  return (
    <div className={classes.chart}>
      <svg width={periods.length * STEP} height={HEIGHT + 30} role="img" aria-label={t("queue.forecast.chart")}>
        {periods.map((period, index) => (
          <g key={period.first_day} transform={`translate(${index * STEP} 0)`}>
            <title>{hint(t, period)}</title>
            <rect width={STEP} height={HEIGHT + 30} fill="transparent" />
            {period.first_day === today && <rect width={STEP} height={HEIGHT} fill="var(--psa-accent-soft)" />}
            {period.is_past && period.actual !== null && (
              <rect
                x={4}
                width={STEP - 8}
                y={y(period.actual)}
                height={HEIGHT - y(period.actual)}
                fill="var(--psa-rest)"
              />
            )}
            {!period.is_past && period.low_80 !== null && period.high_80 !== null && (
              <rect
                x={8}
                width={STEP - 16}
                y={y(period.high_80)}
                height={Math.max(1, y(period.low_80) - y(period.high_80))}
                fill="var(--psa-accent)"
                opacity={0.35}
              />
            )}
            {period.expected !== null && (
              <rect x={3} width={STEP - 6} y={y(period.expected) - 1} height={2} fill="var(--psa-accent)" />
            )}
            {(index % 7 === 0 || period.first_day === today) && (
              <text x={2} y={HEIGHT + 15} className={classes.day}>
                {formatDay(period.first_day)}
              </text>
            )}
          </g>
        ))}
        <line x1={0} x2={periods.length * STEP} y1={HEIGHT} y2={HEIGHT} stroke="var(--psa-line)" />
      </svg>
      <Text size="xs" c="dimmed" className={classes.legend}>
        {t("queue.forecast.legend")}
        {run && ` ${t("queue.forecast.source", { day: formatDate(run.as_of), model: run.model })}`}
      </Text>
    </div>
  );
}

/** A number as it is shown; what is not known is a word. */
function told(t: TFunction, value: number | null): string {
  return value === null ? t("unknown") : formatNumber(value);
}

function hint(t: TFunction, period: ForecastPeriodOut): string {
  const parts = [formatDay(period.first_day)];
  if (period.is_past) parts.push(t("queue.forecast.came", { n: told(t, period.actual) }));
  parts.push(
    t("queue.forecast.expected", {
      n: told(t, round(period.expected)),
      low: told(t, round(period.low_80)),
      high: told(t, round(period.high_80)),
    }),
  );
  return parts.join(" · ");
}
