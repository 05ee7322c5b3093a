import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { permissionText } from "@/features/permissions/words";
import { useMay } from "@/session/useSession";
import { PageMessage } from "./PageStates";

/** A page for those who hold a permission; the others are told which one, and where to see who has it. */
export function Needs({ permission, children }: { permission: string; children: ReactNode }) {
  const { t } = useTranslation();
  if (useMay(permission)) return children;
  return (
    <PageMessage title={t("admin.needs")} text={t("admin.needsText", { permission: permissionText(t, permission) })}>
      <Button component={Link} to="/account/permissions">
        {t("commands.go.permissions")}
      </Button>
    </PageMessage>
  );
}
