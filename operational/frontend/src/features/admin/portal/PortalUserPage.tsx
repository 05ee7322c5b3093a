import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiProblem, type UserDetail } from "@/api";
import { useCommand } from "@/commands/registry";
import { Fact, Facts } from "@/features/crm/Block";
import crm from "@/features/crm/Crm.module.css";
import { contactQuery } from "@/features/crm/queries";
import { RecordHead, RecordMissing } from "@/features/crm/RecordHead";
import { useMay } from "@/session/useSession";
import { userQuery } from "../queries";
import { AccessBlock } from "../staff/AccessBlock";
import { RemoveFactors } from "../staff/RemoveFactors";
import { UserActions } from "../staff/UserActions";
import { UserSessions } from "../staff/UserSessions";
import { PortalBadge } from "./PortalBadge";
import { PortalCustomers } from "./PortalCustomers";

const MISSING = new ApiProblem(404, "not_found", "there is no such portal user");

/** Somebody of a customer who logs in: for whom they act, and whether they get in. */
export function PortalUserPage() {
  const { portalUserId } = useParams({ from: "/inside/portal-users/$portalUserId" });
  const navigate = useNavigate();
  const { data: user, error } = useQuery(userQuery(portalUserId));
  const back = () => void navigate({ to: "/portal-users", search: (search) => search });
  useCommand("page.back", back);
  if (user?.kind !== "portal") return <RecordMissing error={user ? MISSING : error} onBack={back} />;
  return <OneUser key={user.id} user={user} onBack={back} />;
}

function OneUser({ user, onBack }: { user: UserDetail; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <article className={crm.record} aria-label={user.name}>
      <RecordHead name={user.name} onBack={onBack} actions={<UserActions user={user} />}>
        <Facts>
          <Fact name={t("admin.staff.state")}>
            <PortalBadge user={user} />
          </Fact>
          <Fact name={t("crm.field.email")}>{user.email}</Fact>
          {user.contact_id && (
            <Fact name={t("portal.contact")}>
              <Contact id={user.contact_id} />
            </Fact>
          )}
        </Facts>
      </RecordHead>
      <div className={crm.blocks}>
        <div className={crm.column}>
          <PortalCustomers user={user} />
          <AccessBlock user={user} />
        </div>
        <div className={crm.column}>
          <RemoveFactors user={user} />
          <UserSessions user={user} />
        </div>
      </div>
    </article>
  );
}

function Contact({ id }: { id: string }) {
  const mayRead = useMay("crm.contact.read");
  const { t } = useTranslation();
  const { data: contact } = useQuery({ ...contactQuery(id), enabled: mayRead });
  if (!mayRead) return t("unknown");
  return (
    <Link to="/contacts/$contactId" params={{ contactId: id }} search={{}} className={crm.link}>
      {contact?.name ?? "…"}
    </Link>
  );
}
