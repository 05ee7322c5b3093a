import { ActionIcon, Button, Skeleton } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { PageMessage } from "@/components/PageStates";
import classes from "./Crm.module.css";

type Props = { name: string; tag?: ReactNode; actions?: ReactNode; onBack: () => void; children: ReactNode };

/** A record's name, what can be done with it, and its facts. */
export function RecordHead({ name, tag, actions, onBack, children }: Props) {
  const { t } = useTranslation();
  return (
    <header className={classes.head}>
      <div className={classes.headLine}>
        <div className={classes.headName}>
          <ActionIcon variant="subtle" c="var(--psa-ink)" onClick={onBack} aria-label={t("ticket.back")}>
            <IconArrowLeft size={18} stroke={1.5} />
          </ActionIcon>
          <h1 className={classes.title}>{name}</h1>
          {tag}
        </div>
        <div className={classes.headActions}>{actions}</div>
      </div>
      {children}
    </header>
  );
}

/** What stands in place of a record that is not here yet, or never will be. */
export function RecordMissing({ error, onBack }: { error: unknown; onBack: () => void }) {
  const { t } = useTranslation();
  if (!error) {
    return (
      <div className={classes.record} role="status" aria-busy>
        <div className={classes.head}>
          <Skeleton height={24} width={260} my={4} animate={false} />
          <Skeleton height={40} mt={12} animate={false} />
        </div>
        <div className={classes.blocks}>
          <Skeleton height={240} animate={false} />
          <Skeleton height={160} animate={false} />
        </div>
      </div>
    );
  }
  const isMissing = error instanceof ApiProblem && (error.status === 404 || error.status === 422);
  return (
    <PageMessage
      title={t(isMissing ? "crm.missing" : "problem.title")}
      text={isMissing ? t("ticket.missingText") : problemText(error)}
    >
      <Button onClick={onBack}>{t("ticket.back")}</Button>
    </PageMessage>
  );
}
