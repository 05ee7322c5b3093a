import { Alert, Button, Group } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ApiProblem, type RoleOut } from "@/api";
import { problemText } from "@/components/notifyProblem";
import { permissionText } from "@/features/permissions/words";
import classes from "../Admin.module.css";
import type { Change } from "./matrix";
import { PORTAL_ROLE } from "./names";
import { cellText } from "./RoleMatrix";

type Props = {
  role: RoleOut;
  changed: readonly Change[];
  /** Whether it shall ask for a second factor, where that would change. */
  needsFactor: boolean | null;
  error: Error | null;
  isPending: boolean;
  onSave: () => void;
  onDiscard: () => void;
};

/** What would change, for how many people, and the way to do it or not. */
export function SaveBar({ role, changed, needsFactor, error, isPending, onSave, onDiscard }: Props) {
  const { t } = useTranslation();
  const isPortal = role.name === PORTAL_ROLE;
  const isStale = error instanceof ApiProblem && error.code === "stale";
  return (
    <section className={classes.saveBar} aria-label={t("admin.role.unsaved")}>
      {error && (
        <Alert color={isStale ? "warn" : "bad"} variant="light" role="alert" p="sm">
          {isStale ? t("admin.role.stale") : problemText(error)}
        </Alert>
      )}
      {(changed.length > 0 || needsFactor !== null) && (
        <ul className={classes.changes}>
          {needsFactor !== null && (
            <li>
              <strong>{t(needsFactor ? "admin.role.factorOn" : "admin.role.factorOff")}</strong>
            </li>
          )}
          {changed.map(({ name, from, to }) => (
            <li key={name}>
              {permissionText(t, name)}: {cellText(t, name, from, isPortal)}{" "}
              <IconArrowRight size={12} stroke={2} aria-label={t("admin.role.becomes")} />{" "}
              <strong>{cellText(t, name, to, isPortal)}</strong>
            </li>
          ))}
        </ul>
      )}
      <Group gap="sm">
        <Button loading={isPending} onClick={onSave}>
          {t("save")}
        </Button>
        <Button variant="default" onClick={onDiscard}>
          {t("admin.discard")}
        </Button>
        <span className={classes.soft}>{t("admin.role.effect", { count: role.people })}</span>
      </Group>
    </section>
  );
}
