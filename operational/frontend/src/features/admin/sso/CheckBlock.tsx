import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { authRefreshIdentityProvider, data, type ProviderOut, type ProviderProblemOut } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { Block } from "@/features/crm/Block";
import classes from "../Admin.module.css";
import sso from "./Sso.module.css";

/** Asks the provider what it says of itself, and tells what stands in the way. */
export function CheckBlock({ provider }: { provider: ProviderOut }) {
  const { t } = useTranslation();
  const check = useMutation({
    mutationFn: () => data(authRefreshIdentityProvider({ path: { provider_id: provider.id }, throwOnError: true })),
  });
  return (
    <Block title={t("provider.connection")}>
      <div className={sso.inner}>
        <p className={classes.help}>{t("provider.checkHelp")}</p>
        <Button
          variant="default"
          size="compact-md"
          className={classes.start}
          loading={check.isPending}
          onClick={() => check.mutate()}
        >
          {t("provider.check")}
        </Button>
        <div role="status">
          {check.error && <span className={classes.refused}>{problemText(check.error)}</span>}
          {check.data?.is_usable && (
            <div className={sso.result}>
              <IconCircleCheck size={16} stroke={2} color="var(--psa-good)" aria-hidden />
              <span>{t("provider.usable")}</span>
            </div>
          )}
          {check.data && !check.data.is_usable && (
            <ul className={sso.problems} aria-label={t("provider.problems")}>
              {check.data.problems.map((problem) => (
                <Problem key={problem.detail} problem={problem} />
              ))}
            </ul>
          )}
        </div>
      </div>
    </Block>
  );
}

/** What the provider itself, or the way to it, says is known in the server's words only. */
const IN_DETAIL: ReadonlySet<ProviderProblemOut["code"]> = new Set(["provider_unavailable", "provider_misconfigured"]);

function Problem({ problem }: { problem: ProviderProblemOut }) {
  const { t } = useTranslation();
  const { code, detail, about } = problem;
  return (
    <li className={sso.result}>
      <IconAlertTriangle size={16} stroke={2} color="var(--psa-bad)" aria-hidden />
      <span className={sso.problemText}>
        <span>{t(`provider.found.${code}`, { about })}</span>
        {IN_DETAIL.has(code) && <span className={classes.soft}>{t("provider.detail", { detail })}</span>}
      </span>
    </li>
  );
}
