import { Button, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { KeyOut } from "@/api";
import { Confirm } from "@/components/Confirm";
import { problemText } from "@/components/notifyProblem";
import { useNow } from "@/components/useNow";
import { permissionText } from "@/features/permissions/words";
import { formatDate, formatDistance } from "@/i18n/format";
import classes from "../Account.module.css";
import { endKey, keysQuery, type Owner } from "./calls";

/** API keys that work: what each may do, until when, when it was used last. `isBare`: within a block of its own. */
export function KeyList({ owner, isBare = false }: { owner: Owner; isBare?: boolean }) {
  const { t } = useTranslation();
  const { data: keys, error } = useQuery(keysQuery(owner));
  const [ending, setEnding] = useState<KeyOut | null>(null);
  return (
    <>
      {error && <Text role="alert">{problemText(error)}</Text>}
      {!keys && !error && <Skeleton height={60} maw={760} animate={false} />}
      {keys?.length === 0 && <Text className={isBare ? classes.bareText : undefined}>{t("account.keys.none")}</Text>}
      <ul className={isBare ? classes.bare : classes.list}>
        {keys?.map((key) => (
          <Line key={key.id} apiKey={key} onEnd={() => setEnding(key)} />
        ))}
      </ul>
      {ending && <Ending owner={owner} apiKey={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function Line({ apiKey, onEnd }: { apiKey: KeyOut; onEnd: () => void }) {
  const { t } = useTranslation();
  const now = useNow();
  const { name, hint, created_at, expires_at, last_used_at, permissions } = apiKey;
  const facts = [
    t("account.keys.hint", { hint }),
    t("account.since", { at: formatDate(created_at) }),
    expires_at ? t("account.keys.until", { day: formatDate(expires_at) }) : t("account.keys.unlimited"),
    last_used_at ? t("account.used", { ago: formatDistance(last_used_at, now) }) : t("account.factors.neverUsed"),
  ];
  return (
    <li className={classes.line}>
      <Stack gap={2} className={classes.what}>
        <Text fw={600} className={classes.name}>
          {name}
        </Text>
        <Text size="sm" c="dimmed">
          {facts.join(" · ")}
        </Text>
        <Text size="sm" c="dimmed">
          {mayText(t, permissions)}
        </Text>
      </Stack>
      <Button variant="default" size="compact-md" aria-label={t("account.endNamed", { name })} onClick={onEnd}>
        {t("account.end")}
      </Button>
    </li>
  );
}

/** What a key may do, in words as long as they are few. */
function mayText(t: TFunction, permissions: readonly string[] | null): string {
  if (permissions === null) return t("account.keys.mayAll");
  if (permissions.length === 0) return t("account.keys.mayNothing");
  if (permissions.length > 2) return t("account.keys.maySome", { count: permissions.length });
  return t("account.keys.mayOnly", { what: permissions.map((name) => permissionText(t, name)).join("; ") });
}

function Ending({ owner, apiKey, onClose }: { owner: Owner; apiKey: KeyOut; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => endKey(owner, apiKey.id),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: keysQuery(owner).queryKey }),
  });
  return (
    <Confirm
      title={t("account.keys.endTitle", { name: apiKey.name })}
      action={t("account.keys.end")}
      opened
      onClose={onClose}
      onConfirm={() => end.mutate()}
      isPending={end.isPending}
      isDangerous
    >
      {t("account.keys.endText")}
      {end.error && (
        <Text role="alert" c="var(--psa-bad)" mt={12}>
          {problemText(end.error)}
        </Text>
      )}
    </Confirm>
  );
}
