import { Button } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ContactOut } from "@/api";
import crm from "@/features/crm/Crm.module.css";
import { useMay } from "@/session/useSession";
import { PortalBadge } from "./PortalBadge";
import { portalUserOf } from "./queries";

/** Whether a contact gets into the portal, with the way to their account. */
export function PortalFact({ contact }: { contact: ContactOut }) {
  const { t } = useTranslation();
  const { data: user } = useQuery(portalUserOf(contact.id));
  if (user === undefined) return "…";
  if (user === null) return t("portal.none");
  return (
    <Link to="/portal-users/$portalUserId" params={{ portalUserId: user.id }} search={{}} className={crm.link}>
      <PortalBadge user={user} />
    </Link>
  );
}

/** Invites a contact who is not in the portal yet. */
export function InviteToPortal({ contact }: { contact: ContactOut }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayInvite = useMay("auth.user.manage");
  const { data: user } = useQuery({ ...portalUserOf(contact.id), enabled: mayInvite });
  if (!mayInvite || user !== null || contact.customer_ids.length === 0) return null;
  return (
    <Button
      size="compact-md"
      variant="default"
      leftSection={<IconUserPlus size={16} />}
      onClick={() => navigate({ to: "/portal-users/new", search: { contact: contact.id } })}
    >
      {t("portal.inviteContact")}
    </Button>
  );
}
