import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, type RoleOut } from "@/api";
import { useCommand } from "@/commands/registry";
import { problemText } from "@/components/notifyProblem";
import { Fact, Facts } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead, RecordMissing } from "@/features/crm/RecordHead";
import { roleName, roleText } from "@/features/permissions/words";
import { formatNumber } from "@/i18n/format";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { permissionsQuery, rolesQuery } from "../queries";
import { DeleteRole } from "./DeleteRole";
import { DescriptionField } from "./DescriptionField";
import { FactorSwitch } from "./FactorSwitch";
import { changes, type Edits, edited } from "./matrix";
import { RoleMatrix } from "./RoleMatrix";
import { RoleTag } from "./RolesPage";
import { SaveBar } from "./SaveBar";
import { UnsavedGuard } from "./UnsavedGuard";
import { useSaveRole } from "./useSaveRole";

const MISSING = new ApiProblem(404, "not_found", "there is no such role");

/** A role: who it is for, and everything it gives. */
export function RolePage() {
  const { roleId } = useParams({ from: "/inside/roles/$roleId" });
  const navigate = useNavigate();
  const { data: roles, error } = useQuery(rolesQuery);
  const role = roles?.find(({ id }) => id === roleId);
  const back = () => void navigate({ to: "/roles", search: (search) => search });
  useCommand("page.back", back);
  if (!role) return <RecordMissing error={roles ? MISSING : error} onBack={back} />;
  return <OneRole key={role.id} role={role} onBack={back} />;
}

function OneRole({ role, onBack }: { role: RoleOut; onBack: () => void }) {
  const { t } = useTranslation();
  const mayManage = useMay("auth.role.manage");
  const { data: permissions, error } = useQuery(permissionsQuery);
  const [edits, setEdits] = useState<Edits>({});
  const [description, setDescription] = useState<string | null>(null);
  const [needsFactor, setNeedsFactor] = useState<boolean | null>(null);
  const forget = () => {
    setEdits({});
    setDescription(null);
    setNeedsFactor(null);
  };
  const save = useSaveRole(role, forget);
  const onCell = useCallback((name: string, cell: Edits[string]) => setEdits((now) => ({ ...now, [name]: cell })), []);
  const given = edited(role.permissions, edits);
  const isRenamed = description !== null && description.trim() !== (role.description ?? "");
  const changed = changes(role.permissions, given);
  const asksAnew = needsFactor !== null && needsFactor !== role.needs_second_factor;
  const isUnsaved = isRenamed || asksAnew || changed.length > 0;
  return (
    <article className={classes.record} aria-label={roleName(t, role.name)}>
      <div className={crm.record}>
        <RecordHead
          name={roleName(t, role.name)}
          tag={<RoleTag role={role} />}
          onBack={onBack}
          actions={mayManage && !role.is_shipped && <DeleteRole role={role} onGone={onBack} />}
        >
          <p className={classes.lead}>{roleText(t, role)}</p>
          <Facts>
            <Fact name={t("admin.role.peopleHead")}>{formatNumber(role.people)}</Fact>
            <Fact name={t("admin.role.rightsHead")}>{formatNumber(Object.keys(given).length)}</Fact>
            <Fact name={t("admin.role.code")}>{role.name}</Fact>
          </Facts>
        </RecordHead>
        {mayManage && !role.is_shipped && (
          <div className={classes.description}>
            <DescriptionField value={description ?? role.description ?? ""} onChange={setDescription} />
          </div>
        )}
        <div className={classes.description}>
          <FactorSwitch
            isOn={needsFactor ?? role.needs_second_factor}
            onChange={mayManage ? setNeedsFactor : undefined}
          />
        </div>
        {error && (
          <Text role="alert" p="md">
            {problemText(error)}
          </Text>
        )}
        {!permissions && !error && <Skeleton height={400} m={16} w="auto" animate={false} />}
        {permissions && (
          <RoleMatrix permissions={permissions} given={given} role={role} onCell={mayManage ? onCell : undefined} />
        )}
      </div>
      {isUnsaved && (
        <SaveBar
          role={role}
          changed={changed}
          needsFactor={asksAnew ? needsFactor : null}
          error={save.error}
          isPending={save.isPending}
          onSave={() =>
            save.mutate({
              description: (description ?? role.description ?? "").trim() || null,
              needsFactor: needsFactor ?? role.needs_second_factor,
              given,
            })
          }
          onDiscard={() => {
            save.reset();
            forget();
          }}
        />
      )}
      <UnsavedGuard isUnsaved={isUnsaved} />
    </article>
  );
}
