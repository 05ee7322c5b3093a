import { NativeSelect } from "@mantine/core";
import type { TFunction } from "i18next";
import { memo, useCallback } from "react";
import type { PermissionOut, RoleOut } from "@/api";
import crm from "@/features/crm/Crm.module.css";
import { byModule } from "@/features/permissions/group";
import { moduleName, permissionText, reachText } from "@/features/permissions/words";
import { useT } from "@/i18n/useT";
import classes from "../Admin.module.css";
import { type Cell, cellOf, differsFromShipped, type Given } from "./matrix";
import { PORTAL_ROLE } from "./names";

type Props = {
  permissions: readonly PermissionOut[];
  given: Given;
  /** The role as it is saved; without it a new one. */
  role?: RoleOut;
  /** Without it the matrix is only to be read. */
  onCell?: (name: string, cell: Cell) => void;
};

/** Every permission, and how far a role gives it. */
export function RoleMatrix({ permissions, given, role, onCell }: Props) {
  const t = useT();
  const isPortal = role?.name === PORTAL_ROLE;
  return (
    <div className={classes.matrix}>
      {byModule(permissions).map(({ module, items }) => (
        <section key={module} className={crm.block} aria-label={moduleName(t, module)}>
          <div className={crm.blockHead}>
            <h2 className={crm.blockTitle}>{moduleName(t, module)}</h2>
          </div>
          <ul className={crm.lines}>
            {items.map((permission) => {
              const cell = cellOf(given, permission.name);
              return (
                <Row
                  key={permission.name}
                  permission={permission}
                  cell={cell}
                  isDifferent={role !== undefined && differsFromShipped(role, permission, cell)}
                  isUnsaved={role !== undefined && cell !== cellOf(role.permissions, permission.name)}
                  isPortal={isPortal}
                  onCell={onCell}
                />
              );
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}

type RowProps = {
  permission: PermissionOut;
  cell: Cell;
  isDifferent: boolean;
  isUnsaved: boolean;
  isPortal: boolean;
  onCell?: (name: string, cell: Cell) => void;
};

const Row = memo(({ permission, cell, isDifferent, isUnsaved, isPortal, onCell }: RowProps) => {
  const t = useT();
  const { name, scopes, needs_all_customers } = permission;
  const sentence = permissionText(t, name);
  const pick = useCallback((next: string) => onCell?.(name, next as Cell), [onCell, name]);
  return (
    <li className={classes.permission} data-unsaved={isUnsaved}>
      <div className={classes.permissionText}>
        <span className={classes.permissionName}>
          {sentence}
          {isDifferent && <span className={crm.tag}>{t("admin.role.changed")}</span>}
        </span>
        {needs_all_customers && <span className={classes.soft}>{t("admin.role.needsAll")}</span>}
        <code className={classes.code}>{name}</code>
      </div>
      {onCell ? (
        <NativeSelect
          size="xs"
          className={classes.cell}
          aria-label={sentence}
          value={cell}
          data={(["none", ...scopes] as const).map((value) => ({
            value,
            label: cellText(t, name, value, isPortal),
          }))}
          onChange={(event) => pick(event.currentTarget.value)}
        />
      ) : (
        <span className={classes.cell}>{cellText(t, name, cell, isPortal)}</span>
      )}
    </li>
  );
});

/** A place of the matrix in words. */
export function cellText(t: TFunction, name: string, cell: Cell, isPortal: boolean): string {
  return cell === "none" ? t("admin.rights.no") : reachText(t, name, cell, isPortal);
}
