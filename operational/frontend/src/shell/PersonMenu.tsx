import { Avatar, Menu, Text, UnstyledButton } from "@mantine/core";
import {
  IconContrast,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconRowInsertBottom,
  IconSun,
  IconSunMoon,
  IconUserCircle,
} from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { authEndBrowserSession } from "@/api";
import { useCommand } from "@/commands/registry";
import { notifyProblem } from "@/components/notifyProblem";
import { currentLanguage } from "@/i18n";
import { announceEnd } from "@/session/sessionFetch";
import { useMe } from "@/session/useSession";
import { PortalSwitch } from "./PortalSwitch";
import { SCHEMES, useSettings } from "./settings";

const SCHEME_ICON = { auto: IconSunMoon, light: IconSun, dark: IconMoon } as const;

/** The person, their settings, and the way out. */
export function PersonMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const { colorScheme, setColorScheme, setLanguage, contrast, setContrast, density, setDensity } = useSettings();
  const logout = useLogout();
  const navigate = useNavigate();
  const account = () => void navigate({ to: "/account" });
  const other = currentLanguage() === "de" ? "en" : "de";
  const nextScheme = SCHEMES[(SCHEMES.indexOf(colorScheme) + 1) % SCHEMES.length] ?? "auto";
  const nextDensity = density === "compact" ? "roomy" : "compact";
  const SchemeIcon = SCHEME_ICON[nextScheme];
  useCommand("app.language", () => setLanguage(other));
  useCommand("app.theme", () => setColorScheme(nextScheme));
  useCommand("app.contrast", () => setContrast(!contrast));
  useCommand("app.logout", logout);
  useCommand("go.account", account);
  useCommand("go.permissions", () => void navigate({ to: "/account/permissions" }));
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <UnstyledButton>
          <span className="visually-hidden">{t("person.menu", { name: me.name })}</span>
          <Avatar size={32} name={me.name} color="accent" variant="filled" aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--psa-ink)">
            {me.name}
          </Text>
          {me.tenant_name}
        </Menu.Label>
        <PortalSwitch />
        <Menu.Divider />
        <Menu.Item leftSection={<IconUserCircle size={16} />} onClick={account}>
          {t("commands.go.account")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLanguage size={16} />} onClick={() => setLanguage(other)}>
          {t(`person.language_${other}`)}
        </Menu.Item>
        <Menu.Item leftSection={<SchemeIcon size={16} />} onClick={() => setColorScheme(nextScheme)}>
          {t(`person.scheme_${nextScheme}`)}
        </Menu.Item>
        <Menu.Item leftSection={<IconContrast size={16} />} onClick={() => setContrast(!contrast)}>
          {t(contrast ? "person.contrast_off" : "person.contrast_on")}
        </Menu.Item>
        <Menu.Item leftSection={<IconRowInsertBottom size={16} />} onClick={() => setDensity(nextDensity)}>
          {t(`person.density_${nextDensity}`)}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={logout}>
          {t("commands.app.logout")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function useLogout(): () => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const end = useMutation({
    mutationFn: () => authEndBrowserSession({ throwOnError: true }),
    onError: notifyProblem,
    onSuccess: async ({ data: away }) => {
      announceEnd();
      // who came by an identity provider logs out there as well
      if (away?.logout_url) return window.location.assign(away.logout_url);
      await navigate({ to: "/login", search: {} });
      queries.clear();
    },
  });
  return () => end.mutate();
}
