import { Alert, Button, Divider, Stack } from "@mantine/core";
import { IconBrandGoogle, IconBrandWindows, IconLogin2 } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authListSsoProviders, data, type OfferedProviderOut } from "@/api";
import { i18n } from "@/i18n";

/** `tenant` or `email` say whose providers, where there are several companies; `next` is the page to open afterwards. */
type Props = { tenant?: string; email?: string; next?: string };

const ICONS = { entra: IconBrandWindows, google: IconBrandGoogle, keycloak: IconLogin2, generic: IconLogin2 };

const providersQuery = (tenant?: string, email?: string) =>
  queryOptions({
    queryKey: ["sso-providers", tenant ?? "", email ?? ""],
    queryFn: async ({ signal }) =>
      (await data(authListSsoProviders({ query: { tenant, email }, signal, throwOnError: true }))).items,
    staleTime: 60_000,
    retry: false,
  });

/** Ways to log in by an identity provider, and why the last one did not work. Nothing where there are none. */
export function SsoButtons({ tenant, email, next }: Props) {
  const { t } = useTranslation();
  const [refusal] = useState(refusalNow);
  const { data: providers = [] } = useQuery(providersQuery(tenant, email));
  if (providers.length === 0 && !refusal) return null;
  return (
    <Stack gap="sm">
      {refusal && (
        <Alert color="bad" role="alert" variant="light">
          {refusal}
        </Alert>
      )}
      {providers.length > 0 && <Divider label={t("sso.or")} />}
      {providers.map((provider) => (
        <ProviderButton key={provider.id} provider={provider} next={next} again={refusal !== null} />
      ))}
    </Stack>
  );
}

type ButtonProps = { provider: OfferedProviderOut; next?: string; again: boolean };

function ProviderButton({ provider, next, again }: ButtonProps) {
  const { t } = useTranslation();
  const Icon = ICONS[provider.preset];
  // who was refused may want to be somebody else, whom the provider then has to ask for
  const query = new URLSearchParams({ ...(next ? { next } : {}), ...(again ? { again: "true" } : {}) }).toString();
  // a link and no request: the browser itself goes to the provider
  return (
    <Button
      component="a"
      href={`/api/auth/sso/${provider.id}/start${query && `?${query}`}`}
      variant="default"
      fullWidth
      leftSection={<Icon size={18} aria-hidden />}
    >
      {t("sso.logIn", { name: provider.name })}
    </Button>
  );
}

/** What the server has said about the last attempt, in words; null when there was none. */
function refusalNow(): string | null {
  const code = new URLSearchParams(window.location.search).get("sso_error");
  if (!code) return null;
  const key = `sso.error.${code}`;
  return i18n.exists(key) ? i18n.t(key) : i18n.t("sso.error.provider_refused");
}
