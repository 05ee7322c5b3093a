import { IconCheck, IconLock, IconMinus } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import type { HeldOut } from "@/api";
import { useT } from "@/i18n/useT";
import classes from "./Permissions.module.css";
import { permissionText, reachText, roleName } from "./words";

/** One permission of a person and why they hold it, or do not. */
export function PermissionRow({ item, isPortal }: { item: HeldOut; isPortal: boolean }) {
  const t = useT();
  const { name, scope, is_withheld } = item;
  const isHeld = scope !== null;
  const Icon = isHeld ? IconCheck : is_withheld ? IconLock : IconMinus;
  return (
    <li className={classes.row} data-held={isHeld}>
      <Icon size={16} stroke={2} className={classes.icon} aria-hidden />
      <span className={classes.sentence}>{permissionText(t, name)}</span>
      <span className={classes.why}>
        {isHeld ? fromText(t, item) : is_withheld ? t("admin.rights.withheld") : missingText(t, item, isPortal)}{" "}
        <code className={classes.name}>{name}</code>
      </span>
      <span className={classes.reach}>
        {isHeld ? reachText(t, name, scope, isPortal) : t(is_withheld ? "admin.rights.kept" : "admin.rights.no")}
      </span>
    </li>
  );
}

/** The roles it comes from, each with its reach where they differ. */
function fromText(t: TFunction, { name, sources }: HeldOut): string {
  const isOneReach = new Set(sources.map(({ scope }) => scope)).size === 1;
  const told = sources.map(({ role, scope, is_shipped }) => {
    const reach = isOneReach ? "" : `, ${reachText(t, name, scope)}`;
    return `${roleName(t, role)} (${t(is_shipped ? "admin.rights.shipped" : "admin.rights.own")}${reach})`;
  });
  return t("admin.rights.from", { roles: told.join(" · ") });
}

/** The roles that would give it. */
function missingText(t: TFunction, { given_by }: HeldOut, isPortal: boolean): string {
  // people of customers can have no other role
  if (isPortal) return t("admin.rights.staffOnly");
  if (given_by.length === 0) return t("admin.rights.givenByNone");
  return t("admin.rights.givenBy", { roles: given_by.map((role) => roleName(t, role)).join(", ") });
}
