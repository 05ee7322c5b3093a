import { Badge, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SessionOut } from "@/api";
import { useNow } from "@/components/useNow";
import { formatDateTime, formatDistance } from "@/i18n/format";
import classes from "./Account.module.css";
import { clientName } from "./userAgent";

/** A log-in in words: with what, from where, since when. */
export function SessionText({ session }: { session: SessionOut }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <Stack gap={2} className={classes.what}>
      <Text fw={600} className={classes.name} title={session.user_agent ?? undefined}>
        {clientName(session.user_agent) ?? t("account.unknownClient")}
        {session.is_current && (
          <Badge ml={8} variant="light" tt="none" radius="sm">
            {t("account.thisOne")}
          </Badge>
        )}
      </Text>
      <Text size="sm" c="dimmed">
        {[
          t(`account.kind_${session.kind}`, { defaultValue: session.kind }),
          session.address && t("account.from", { address: session.address }),
          t("account.since", { at: formatDateTime(session.created_at) }),
          t("account.used", { ago: formatDistance(session.last_used_at, now) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </Text>
    </Stack>
  );
}
