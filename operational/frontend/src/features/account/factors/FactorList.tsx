import { Button, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FactorsOut } from "@/api";
import { useNow } from "@/components/useNow";
import { formatDate, formatDistance } from "@/i18n/format";
import classes from "../Account.module.css";
import type { Doing } from "./SecondFactors";

/** The second factors there are, with what each is good for. */
export function FactorList({ factors, onDo }: { factors: FactorsOut; onDo: (doing: Doing) => void }) {
  const { t } = useTranslation();
  const now = useNow();
  const { totp_since, passkeys, codes_left } = factors;
  const hasAny = totp_since !== null || passkeys.length > 0;
  if (!hasAny) return <Text>{t("account.factors.none")}</Text>;
  const used = (at: string | null) =>
    at ? t("account.used", { ago: formatDistance(at, now) }) : t("account.factors.neverUsed");
  return (
    <ul className={classes.list}>
      {totp_since && (
        <Line
          name={t("account.factors.totp")}
          text={t("account.since", { at: formatDate(totp_since) })}
          action={t("account.factors.remove")}
          label={t("account.factors.removeTotp")}
          onAction={() => onDo({ what: "removeTotp" })}
        />
      )}
      {passkeys.map(({ id, name, created_at, last_used_at }) => (
        <Line
          key={id}
          name={t("account.factors.passkey", { name })}
          text={[t("account.since", { at: formatDate(created_at) }), used(last_used_at)].join(" · ")}
          action={t("account.factors.remove")}
          label={t("account.factors.removePasskey", { name })}
          onAction={() => onDo({ what: "removePasskey", id, name })}
        />
      ))}
      <Line
        name={t("account.factors.codes")}
        text={t(codes_left === 0 ? "account.factors.codesNone" : "account.factors.codesLeft", { count: codes_left })}
        action={t("account.factors.newCodes")}
        onAction={() => onDo({ what: "newCodes" })}
      />
    </ul>
  );
}

type LineProps = { name: string; text: string; action: string; label?: string; onAction: () => void };

function Line({ name, text, action, label, onAction }: LineProps) {
  return (
    <li className={classes.line}>
      <Stack gap={2} className={classes.what}>
        <Text fw={600} className={classes.name}>
          {name}
        </Text>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      </Stack>
      <Button variant="default" size="compact-md" aria-label={label} onClick={onAction}>
        {action}
      </Button>
    </li>
  );
}
