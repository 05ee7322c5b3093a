import { Text, UnstyledButton } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
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
  const may = useMay("reports.forecast.read");
  const [opened, setOpened] = usePreference("desk.forecast", false);
  const { data: forecast, error } = useQuery({ ...forecastQuery(queue), enabled: may });
  if (!may) return null;
  const today = forecast?.periods.find((period) => period.first_day === forecast.today);
  return (
    <section className={classes.strip} aria-label={t("queue.forecast.title")}>
      {forecast && forecast.status !== "available" ? (
        <Text className={classes.why}>{t(`queue.forecast.why_${forecast.status}`)}</Text>
      ) : (
        <UnstyledButton className={classes.head} onClick={() => setOpened(!opened)} aria-expanded={opened}>
          {opened ? <IconChevronUp size={14} aria-hidden /> : <IconChevronDown size={14} aria-hidden />}
          <Text size="sm" className="tabular" truncate>
            {error ? t("queue.forecast.away") : sentence(t, forecast, today, queue)}
          </Text>
        </UnstyledButton>
      )}
      {opened && forecast?.status === "available" && <Bars forecast={forecast} />}
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
  if (!today || expected === null) return t("queue.forecast.none");
  return t(queue ? "queue.forecast.todayQueue" : "queue.forecast.today", {
    expected: formatNumber(expected),
    low: told(t, round(today.low_80)),
    high: told(t, round(today.high_80)),
    queue,
  });
}

const HEIGHT = 84;
const WIDEST = 36;

/** Past days as bars of what came with a mark for what was expected; days to come as the 80 % interval. */
function Bars({ forecast }: { forecast: ForecastOut }) {
  const { t } = useTranslation();
  const { ref, width } = useElementSize();
  const { periods, run } = forecast;
  const step = Math.min(WIDEST, width / periods.length);
  const most = Math.max(1, ...periods.map((period) => Math.max(period.actual ?? 0, period.high_80 ?? 0)));
  const mark = roundMark(most);
  const scale = { step, y: (value: number) => HEIGHT - (value / most) * (HEIGHT - 12) };
  const whole = periods.length * step;
  return (
    <div ref={ref} className={classes.chart}>
      <svg width={whole} height={HEIGHT + 20} role="img" aria-label={t("queue.forecast.chart")}>
        {width > 0 &&
          periods.map((period, index) => (
            <g key={period.first_day} transform={`translate(${index * step} 0)`}>
              <Day period={period} today={forecast.today} scale={scale} isNamed={index % 7 === 0} />
            </g>
          ))}
        <line x1={0} x2={whole} y1={scale.y(mark)} y2={scale.y(mark)} stroke="var(--psa-line)" strokeDasharray="2 3" />
        <text x={2} y={scale.y(mark) - 3} className={classes.day}>
          {t("queue.forecast.mark", { n: formatNumber(mark) })}
        </text>
        <line x1={0} x2={whole} y1={HEIGHT} y2={HEIGHT} stroke="var(--psa-line)" />
      </svg>
      <Text size="xs" c="dimmed" className={classes.legend}>
        {t("queue.forecast.legend")}
        {run && ` ${t("queue.forecast.source", { day: formatDate(run.as_of), model: run.model ?? t("unknown") })}`}
      </Text>
    </div>
  );
}

type DayProps = {
  period: ForecastPeriodOut;
  today: string | null;
  scale: { step: number; y: (value: number) => number };
  isNamed: boolean;
};

function Day({ period, today, scale: { step, y }, isNamed }: DayProps) {
  const { t } = useTranslation();
  const { actual, expected, low_80: low, high_80: high } = period;
  const bar = { x: step * 0.16, width: step * 0.68 };
  return (
    <>
      <title>{hint(t, period)}</title>
      <rect width={step} height={HEIGHT + 20} fill="transparent" />
      {period.first_day === today && <rect width={step} height={HEIGHT} fill="var(--psa-accent-soft)" />}
      {period.is_past && actual !== null && (
        <rect {...bar} y={y(actual)} height={HEIGHT - y(actual)} fill="var(--psa-rest)" />
      )}
      {!period.is_past && low !== null && high !== null && (
        <rect {...bar} y={y(high)} height={Math.max(1, y(low) - y(high))} fill="var(--psa-accent)" opacity={0.35} />
      )}
      {expected !== null && (
        <rect x={step * 0.1} width={step * 0.8} y={y(expected) - 1} height={2} fill="var(--psa-accent)" />
      )}
      {isNamed && (
        <text x={2} y={HEIGHT + 15} className={classes.day}>
          {period.first_day === today ? t("queue.forecast.todayMark") : formatDay(period.first_day)}
        </text>
      )}
    </>
  );
}

/** The largest of 1, 2, 5, 10, 20, 50 … that is no more than `most`. */
function roundMark(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return ([5, 2, 1].find((factor) => factor * power <= most) ?? 1) * power;
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
