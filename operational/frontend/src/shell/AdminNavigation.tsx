import {
  IconHeartbeat,
  IconKey,
  IconMail,
  IconRobot,
  IconShieldLock,
  IconUserSquareRounded,
  IconUsersGroup,
} from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "@/commands/registry";
import { useMay } from "@/session/useSession";
import classes from "./Shell.module.css";

const ICON = { size: 18, stroke: 1.5 } as const;
const OPTIONS = { includeSearch: false } as const;

/** The way to what administrators look after. */
export function AdminNavigation() {
  const { t } = useTranslation();
  const id = useId();
  const navigate = useNavigate();
  const mayUsers = useMay("auth.user.manage");
  const mayRoles = useMay("auth.role.read");
  const mayChangeRoles = useMay("auth.role.manage");
  const mayMail = useMay("auth.mail.read");
  const maySso = useMay("auth.sso.manage");
  const mayBackground = useMay("auth.background.read");
  useCommand("go.staff", () => navigate({ to: "/staff", search: {} }), !mayUsers);
  useCommand("go.newStaff", () => navigate({ to: "/staff/new", search: {} }), !mayUsers);
  useCommand("go.serviceAccounts", () => navigate({ to: "/service-accounts", search: {} }), !mayUsers);
  useCommand("go.newServiceAccount", () => navigate({ to: "/service-accounts/new", search: {} }), !mayUsers);
  useCommand("go.roles", () => navigate({ to: "/roles", search: {} }), !mayRoles);
  useCommand("go.newRole", () => navigate({ to: "/roles/new", search: {} }), !mayChangeRoles);
  useCommand("go.portalUsers", () => navigate({ to: "/portal-users", search: {} }), !mayUsers);
  useCommand("go.newPortalUser", () => navigate({ to: "/portal-users/new", search: {} }), !mayUsers);
  useCommand("go.identityProviders", () => navigate({ to: "/identity-providers", search: {} }), !maySso);
  useCommand("go.newIdentityProvider", () => navigate({ to: "/identity-providers/new", search: {} }), !maySso);
  useCommand("go.mail", () => navigate({ to: "/mail", search: {} }), !mayMail);
  useCommand("go.background", () => navigate({ to: "/background/jobs" }), !mayBackground);
  if (!mayUsers && !mayRoles && !mayMail && !maySso && !mayBackground) return null;
  return (
    <div role="group" aria-labelledby={id} className={classes.group}>
      <div id={id} className={classes.groupName}>
        {t("nav.admin")}
      </div>
      {mayUsers && (
        <Link to="/staff" search={{}} className={classes.link} activeOptions={OPTIONS}>
          <IconUsersGroup {...ICON} /> {t("nav.staff")}
        </Link>
      )}
      {mayUsers && (
        <Link to="/portal-users" search={{}} className={classes.link} activeOptions={OPTIONS}>
          <IconUserSquareRounded {...ICON} /> {t("nav.portalUsers")}
        </Link>
      )}
      {mayUsers && (
        <Link to="/service-accounts" search={{}} className={classes.link} activeOptions={OPTIONS}>
          <IconRobot {...ICON} /> {t("nav.serviceAccounts")}
        </Link>
      )}
      {mayRoles && (
        <Link to="/roles" search={{}} className={classes.link} activeOptions={OPTIONS}>
          <IconShieldLock {...ICON} /> {t("nav.roles")}
        </Link>
      )}
      {maySso && (
        <Link to="/identity-providers" search={{}} className={classes.link} activeOptions={OPTIONS}>
          <IconKey {...ICON} /> {t("nav.identityProviders")}
        </Link>
      )}
      {mayMail && (
        <Link to="/mail" search={{}} className={classes.link} activeOptions={OPTIONS}>
          <IconMail {...ICON} /> {t("nav.mail")}
        </Link>
      )}
      {mayBackground && (
        <Link to="/background" className={classes.link} activeOptions={OPTIONS}>
          <IconHeartbeat {...ICON} /> {t("nav.background")}
        </Link>
      )}
    </div>
  );
}
