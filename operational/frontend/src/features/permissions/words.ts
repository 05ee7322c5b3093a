import type { TFunction } from "i18next";

export type Scope = "own" | "team" | "all";
/** From the least to the most. */
export const SCOPES: readonly Scope[] = ["own", "team", "all"];

/** The service a permission belongs to. */
export function moduleOf(permission: string): string {
  return permission.split(".", 1)[0] ?? permission;
}

/** What a permission lets somebody do, as a sentence; one nobody has described is its name. */
export function permissionText(t: TFunction, permission: string): string {
  return t(`permission.${permission}`, { defaultValue: permission });
}

/** A group of permissions in words. */
export function moduleName(t: TFunction, module: string): string {
  return t(`admin.module.${module}`, { defaultValue: module });
}

/** A role's name in words where it came with the system; a company's own role is called what they called it. */
export function roleName(t: TFunction, role: string): string {
  return t(`admin.roleName.${role}`, { defaultValue: role });
}

/** What a role is for: as the company wrote, else our words for those that came with the system. */
export function roleText(t: TFunction, role: { name: string; description: string | null }): string {
  return role.description ?? t(`admin.roleText.${role.name}`, { defaultValue: "" });
}

/** How far a permission reaches, in words that fit it or its service; `isPortal` for people of customers. */
export function reachText(t: TFunction, permission: string, scope: Scope, isPortal = false): string {
  const which = isPortal && scope !== "all" ? `${scope}Portal` : scope;
  const keys = [permission, moduleOf(permission)].map((part) => `admin.reach.${part}.${which}`);
  return t([...keys, `admin.reach.${scope}`]);
}
