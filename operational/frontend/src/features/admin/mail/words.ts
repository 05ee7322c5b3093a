import type { TFunction } from "i18next";
import type { MailOut } from "@/api";
import { formatDateTime } from "@/i18n/format";

/** What a mail is for, in words. */
export function mailKind(t: TFunction, kind: string): string {
  return t(`admin.mail.kind.${kind}`, { defaultValue: kind });
}

/** What became of a mail that is not simply sent, in a sentence; null where there is nothing to say. */
export function mailTrouble(t: TFunction, mail: MailOut): string | null {
  if (mail.status === "stuck") return t(mail.is_uncertain ? "admin.mail.uncertain" : "admin.mail.refused");
  if (mail.status === "waiting" && mail.attempts > 0) {
    return t("admin.mail.tryingAgain", { count: mail.attempts, at: formatDateTime(mail.next_attempt_at) });
  }
  return null;
}

/** Why a mail's text is not there. */
export function noText(t: TFunction, mail: MailOut): string {
  if (mail.status === "discarded") return t("admin.mail.textGone");
  return t(mail.is_secret ? "admin.mail.textSecret" : "admin.mail.textMissing");
}
