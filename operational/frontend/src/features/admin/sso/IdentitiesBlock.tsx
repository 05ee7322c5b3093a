import { Button, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authRemoveUserIdentity, type IdentityOut, type UserDetail } from "@/api";
import { Confirm } from "@/components/Confirm";
import { problemText } from "@/components/notifyProblem";
import { Block } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { formatDate } from "@/i18n/format";
import classes from "../Admin.module.css";
import { LinkForm } from "./LinkForm";
import { identitiesQuery, providersQuery } from "./queries";
import sso from "./Sso.module.css";

/** By which providers a person logs in, and a way to link and unlink them. */
export function IdentitiesBlock({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const [isOpen, form] = useDisclosure(false);
  const { data: identities, error } = useQuery(identitiesQuery(user.id));
  const providers = useQuery(providersQuery).data?.items;
  const free = providers?.filter(({ id }) => !identities?.some((one) => one.provider_id === id)) ?? [];
  return (
    <Block
      title={t("provider.identities")}
      action={
        identities &&
        free.length > 0 && (
          <Button size="compact-sm" variant="default" onClick={form.open} aria-label={t("provider.linkPerson")}>
            {t("provider.linkShort")}
          </Button>
        )
      }
    >
      {error && (
        <div role="alert" className={crm.none}>
          {problemText(error)}
        </div>
      )}
      {!identities && !error && <Skeleton height={40} m={12} w="auto" animate={false} />}
      {identities?.length === 0 && (
        <div className={crm.none}>{t(providers?.length === 0 ? "provider.noProviders" : "provider.noIdentities")}</div>
      )}
      <ul className={crm.lines}>
        {identities?.map((identity) => (
          <Identity key={identity.id} user={user} identity={identity} />
        ))}
      </ul>
      {isOpen && <LinkForm user={user} providers={free} onClose={form.close} />}
    </Block>
  );
}

function Identity({ user, identity }: { user: UserDetail; identity: IdentityOut }) {
  const { t } = useTranslation();
  const { provider_id, provider_name: name, subject, email, linked_by, linked_at, last_used_at } = identity;
  const used = last_used_at ? t("provider.used", { at: formatDate(last_used_at) }) : t("account.factors.neverUsed");
  return (
    <li className={sso.identity}>
      <div className={sso.identityText}>
        <Link
          to="/identity-providers/$providerId"
          params={{ providerId: provider_id }}
          search={{}}
          className={crm.link}
        >
          {name}
        </Link>
        <span className={sso.mono}>{subject}</span>
        <span className={classes.soft}>
          {[email, t(`provider.linkedBy.${linked_by}`, { at: formatDate(linked_at) }), used]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </div>
      <Unlink user={user} identity={identity} />
    </li>
  );
}

function Unlink({ user, identity }: { user: UserDetail; identity: IdentityOut }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isAsked, ask] = useDisclosure(false);
  // the question stays what it was while it goes away
  const [hasPassword] = useState(user.has_password);
  const remove = useMutation({
    mutationFn: () =>
      authRemoveUserIdentity({ path: { user_id: user.id, identity_id: identity.id }, throwOnError: true }),
    onSuccess: () => {
      ask.close();
      void client.invalidateQueries({ queryKey: ["user", user.id] });
      void client.invalidateQueries({ queryKey: providersQuery.queryKey });
    },
  });
  const named = { name: user.name, provider: identity.provider_name };
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t("provider.unlinkNamed", { provider: identity.provider_name })}
        onClick={() => {
          remove.reset();
          ask.open();
        }}
      >
        {t("provider.unlink")}
      </Button>
      <Confirm
        title={t("provider.unlinkTitle", named)}
        action={t("provider.unlink")}
        opened={isAsked}
        onClose={ask.close}
        onConfirm={() => remove.mutate()}
        isPending={remove.isPending}
        isDangerous
      >
        {t("provider.unlinkText", named)} {!hasPassword && <strong>{t("provider.unlinkNoPassword")}</strong>}
        {remove.error && (
          <p role="alert" className={classes.refused}>
            {problemText(remove.error)}
          </p>
        )}
      </Confirm>
    </>
  );
}
