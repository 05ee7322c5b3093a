import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { authSetUserRoles, type RolesIn, type UserDetail } from "@/api";
import { fieldErrors } from "@/components/fieldErrors";
import { Block } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { RecordForm } from "@/features/crm/RecordForm";
import { roleName, roleText } from "@/features/permissions/words";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { rolesQuery } from "../queries";
import { RolePicker } from "./RolePicker";
import { useUserChange } from "./useUserChange";

/** The roles of a person. */
export function RolesBlock({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const mayRead = useMay("auth.role.read");
  const roles = useQuery({ ...rolesQuery, enabled: mayRead }).data;
  const [isOpen, form] = useDisclosure(false);
  const isPortal = user.kind === "portal";
  return (
    <Block
      title={t("admin.roles")}
      action={
        !isPortal &&
        mayRead && (
          <Button size="compact-sm" variant="default" onClick={form.open} aria-label={t("admin.staff.editRoles")}>
            {t("admin.change")}
          </Button>
        )
      }
    >
      {user.roles.length === 0 && <div className={crm.none}>{t("admin.staff.noRoles")}</div>}
      <ul className={crm.lines}>
        {user.roles.map((name) => {
          const role = roles?.find((one) => one.name === name);
          return (
            <li key={name} className={classes.line}>
              {role ? (
                <Link to="/roles/$roleId" params={{ roleId: role.id }} search={{}} className={crm.link}>
                  {roleName(t, name)}
                </Link>
              ) : (
                <span>{roleName(t, name)}</span>
              )}
              <span className={classes.soft}>{roleText(t, role ?? { name, description: null })}</span>
            </li>
          );
        })}
      </ul>
      {isOpen && <RolesForm user={user} onClose={form.close} />}
    </Block>
  );
}

function RolesForm({ user, onClose }: { user: UserDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const [roles, setRoles] = useState(user.roles);
  const save = useUserChange<RolesIn>(
    user,
    (body, path, headers) => authSetUserRoles({ path, headers, body, throwOnError: true }),
    onClose,
  );
  return (
    <RecordForm
      title={t("admin.staff.rolesOf", { name: user.name })}
      opened
      onClose={onClose}
      isPending={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate({ roles })}
    >
      <p className={classes.help}>{t("admin.staff.rolesHelp")}</p>
      <RolePicker value={roles} onChange={setRoles} error={fieldErrors(save.error).roles} />
    </RecordForm>
  );
}
