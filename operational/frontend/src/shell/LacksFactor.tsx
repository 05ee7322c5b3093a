import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/session/useSession";
import classes from "./Shell.module.css";

declare module "@tanstack/react-router" {
  // where whoever must first make a second factor wanted to go
  interface HistoryState {
    after?: string;
  }
}

/** Whether an address is one of those that work without a second factor. */
export function isOwnAccount(pathname: string): boolean {
  return pathname === "/account" || pathname.startsWith("/account/");
}

/** Says to whom a role asks for a second factor they do not have, and leads them to where it is made. */
export function LacksFactor() {
  const { t } = useTranslation();
  const { lacks_factor } = useMe();
  const router = useRouter();
  useEffect(() => {
    const { pathname, href } = router.state.location;
    // also where a role begins to ask while a page is open
    if (lacks_factor && !isOwnAccount(pathname)) void router.navigate({ to: "/account", state: { after: href } });
  }, [lacks_factor, router]);
  if (!lacks_factor) return null;
  return (
    <div role="status" className={classes.notice}>
      <strong>{t("shell.lacksFactor")}</strong> {t("shell.lacksFactorText")}
    </div>
  );
}
