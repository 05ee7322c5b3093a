import { ActionIcon, Text } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCommand } from "@/commands/registry";
import account from "@/features/account/Account.module.css";
import { PermissionList } from "./PermissionList";
import classes from "./Permissions.module.css";
import { myPermissionsQuery } from "./queries";

/** What the person may do themselves. */
export function MyPermissionsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const back = () => void navigate({ to: "/account" });
  useCommand("page.back", back);
  return (
    <div className={account.page}>
      <div className={classes.page}>
        <div className={classes.titleLine}>
          <ActionIcon variant="subtle" c="var(--psa-ink)" onClick={back} aria-label={t("admin.rights.back")}>
            <IconArrowLeft size={18} stroke={1.5} />
          </ActionIcon>
          <h1 className={account.title}>{t("commands.go.permissions")}</h1>
        </div>
        <Text c="dimmed">{t("admin.rights.mineHelp")}</Text>
        <PermissionList query={myPermissionsQuery} />
      </div>
    </div>
  );
}
