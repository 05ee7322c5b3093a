import { Button, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useRouteContext } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { authGetOneTimeLink, data, type LinkOut } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { formatDateTime } from "@/i18n/format";
import { Frame } from "./Frame";
import classes from "./Login.module.css";
import { SetPasswordForm } from "./SetPasswordForm";
import { isGone } from "./token";

/** Sets a password by a one-time link: a new one, or the first. */
export function SetPasswordPage() {
  const { t } = useTranslation();
  const { token } = useRouteContext({ from: "/set-password" });
  const link = useQuery({
    queryKey: ["one-time-link", token],
    queryFn: () => data(authGetOneTimeLink({ body: { token: token ?? "" }, throwOnError: true })),
    enabled: token !== null,
    staleTime: Number.POSITIVE_INFINITY,
    // the token is worth a password: it must not stay in the cache
    gcTime: 0,
  });
  if (token === null) return <NoLink title={t("setPassword.noToken")} text={t("setPassword.noTokenText")} />;
  if (isGone(link.error)) return <NoLink title={t("setPassword.gone")} text={t("setPassword.goneText")} />;
  if (link.error) {
    return (
      <NoLink title={t("problem.title")} text={problemText(link.error)}>
        <Button onClick={() => link.refetch()}>{t("problem.again")}</Button>
      </NoLink>
    );
  }
  if (!link.data) return <Coming />;
  return <Form link={link.data} token={token} />;
}

function Form({ link, token }: { link: LinkOut; token: string }) {
  const { t } = useTranslation();
  const { purpose, name, email, tenant_name } = link;
  return (
    <Frame title={t(`setPassword.title_${purpose}`, { tenant: tenant_name })} text={t(`setPassword.text_${purpose}`)}>
      <dl className={classes.facts}>
        <dt>{t("setPassword.name")}</dt>
        <dd>{name}</dd>
        <dt>{t("setPassword.email")}</dt>
        <dd>{email}</dd>
        <dt>{t("setPassword.company")}</dt>
        <dd>{tenant_name}</dd>
      </dl>
      <SetPasswordForm token={token} link={link} />
      <Text size="sm" c="dimmed">
        {t("setPassword.until", { until: formatDateTime(link.expires_at) })}
      </Text>
    </Frame>
  );
}

function NoLink({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Frame title={title}>
      <Text role="alert">{text}</Text>
      {children ?? (
        <Button component={Link} to="/forgot-password">
          {t("setPassword.askAnew")}
        </Button>
      )}
      <Link to="/login" search={{}} className={classes.link}>
        {t("forgot.back")}
      </Link>
    </Frame>
  );
}

function Coming() {
  const { t } = useTranslation();
  return (
    <Frame title={t("setPassword.title_password_reset")}>
      <div role="status" aria-busy aria-label={t("setPassword.looking")}>
        <Skeleton height={66} mb={16} animate={false} />
        <Skeleton height={60} mb={16} animate={false} />
        <Skeleton height={34} animate={false} />
      </div>
    </Frame>
  );
}
