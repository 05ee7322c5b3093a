import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { UserDetail } from "@/api";
import { useCommand } from "@/commands/registry";
import { Fact, Facts } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { RecordHead, RecordMissing } from "@/features/crm/RecordHead";
import { PermissionList } from "@/features/permissions/PermissionList";
import { userPermissionsQuery } from "@/features/permissions/queries";
import { PersonDataBlock } from "@/features/personData/PersonDataBlock";
import { useMay } from "@/session/useSession";
import classes from "../Admin.module.css";
import { userQuery } from "../queries";
import { IdentitiesBlock } from "../sso/IdentitiesBlock";
import { AccessBlock } from "./AccessBlock";
import { CustomersBlock } from "./CustomersBlock";
import { RemoveFactors } from "./RemoveFactors";
import { RolesBlock } from "./RolesBlock";
import { activeText, dayText } from "./state";
import { UserActions } from "./UserActions";
import { UserSessions } from "./UserSessions";

/** A member of the staff: who they are, what they may do, where they are logged in. */
export function UserPage() {
  const { userId } = useParams({ from: "/inside/staff/$userId" });
  const navigate = useNavigate();
  const { data: user, error } = useQuery(userQuery(userId));
  const back = () => void navigate({ to: "/staff", search: ({ text }) => ({ text }) });
  useCommand("page.back", back);
  if (!user) return <RecordMissing error={error} onBack={back} />;
  return <OneUser key={user.id} user={user} onBack={back} />;
}

function OneUser({ user, onBack }: { user: UserDetail; onBack: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { part } = useSearch({ from: "/inside/staff" });
  const maySso = useMay("auth.sso.manage");
  return (
    <article className={crm.record} aria-label={user.name}>
      <RecordHead
        name={user.name}
        tag={!user.is_active && <span className={crm.tag}>{t("admin.staff.inactive")}</span>}
        onBack={onBack}
        actions={<UserActions user={user} />}
      >
        <Facts>
          <Fact name={t("crm.field.email")}>{user.email}</Fact>
          <Fact name={t("admin.staff.team")}>{user.team ?? t("admin.staff.noTeam")}</Fact>
          <Fact name={t("admin.staff.state")}>{activeText(t, user)}</Fact>
          {user.active_from && <Fact name={t("admin.staff.since")}>{dayText(user.active_from)}</Fact>}
        </Facts>
      </RecordHead>
      <Tabs
        value={part ?? "access"}
        onChange={(next) =>
          navigate({
            to: ".",
            search: ({ text }) => ({ text, part: next === "rights" ? "rights" : undefined }),
            replace: true,
          })
        }
        keepMounted={false}
      >
        <Tabs.List className={classes.tabs}>
          <Tabs.Tab value="access" className={classes.tab}>
            {t("admin.staff.access")}
          </Tabs.Tab>
          <Tabs.Tab value="rights" className={classes.tab}>
            {t("admin.staff.rights")}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="access">
          <div className={crm.blocks}>
            <div className={crm.column}>
              <RolesBlock user={user} />
              <CustomersBlock user={user} />
            </div>
            <div className={crm.column}>
              <AccessBlock user={user} />
              {user.kind === "staff" && maySso && <IdentitiesBlock user={user} />}
              {user.kind !== "service" && <RemoveFactors user={user} />}
              <UserSessions user={user} />
              {user.kind !== "service" && <PersonDataBlock whose={{ kind: "user", id: user.id, name: user.name }} />}
            </div>
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="rights" className={classes.rights}>
          {user.is_active ? (
            <PermissionList query={userPermissionsQuery(user.id)} />
          ) : (
            <p className={classes.plain}>{t("admin.rights.inactive")}</p>
          )}
        </Tabs.Panel>
      </Tabs>
    </article>
  );
}
