import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useRouterState, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import type { SecondFactorOut } from "@/api";
import { meta } from "@/session/cookies";
import { FirstStep } from "./FirstStep";
import { SecondStep } from "./SecondStep";

export type LoginSearch = { next?: string; sso_error?: string };

declare module "@tanstack/react-router" {
  // handed from one of these pages to the next, and not in the address: whose log-in it is, and what was just done
  interface HistoryState {
    email?: string;
    isPasswordSet?: boolean;
  }
}

/** Where to go after the log-in; only ever to one of our own pages. */
export function nextAddress(next: string | undefined): string {
  if (next === "dashboards") return meta("psa-dashboards") || "/";
  return next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? next : "/";
}

/** A log-in whose password was right, and whose second factor is waited for. */
type Waiting = SecondFactorOut & { email: string };

/** The log-in: the password, and the second factor of whom has one; or a passkey alone. */
export function LoginPage() {
  const { email: known } = useRouterState({ select: (state) => state.location.state });
  const [email, setEmail] = useState(known ?? "");
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const [isOver, setOver] = useState(false);
  const { next } = useSearch({ from: "/login" });
  const enter = useEnter();
  const begin = (over: boolean) => {
    setOver(over);
    setWaiting(null);
  };
  if (waiting) {
    return <SecondStep waiting={waiting} onDone={enter} onOver={() => begin(true)} onBack={() => begin(false)} />;
  }
  return (
    <FirstStep
      email={email}
      isOver={isOver}
      next={next}
      onDone={enter}
      onSecond={(second, typed) => {
        setEmail(typed);
        setWaiting({ ...second, email: typed });
      }}
    />
  );
}

/** Goes in, to where one wanted to go in the first place. */
function useEnter(): () => void {
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ from: "/login" });
  return useCallback(() => {
    queries.clear();
    const target = nextAddress(next);
    if (target.startsWith("/")) router.history.push(target);
    else window.location.assign(target);
  }, [router, queries, next]);
}
