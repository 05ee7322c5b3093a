import { notifications } from "@mantine/notifications";
import { ApiProblem } from "@/api/problem";
import { i18n } from "@/i18n";

/** What to tell a person about an error: our words for the codes we know, else the server's. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiProblem)) return i18n.t("problem.unexpected");
  const key = `problem.${error.code}`;
  if (i18n.exists(key)) return i18n.t(key);
  const told = error.status >= 500 ? i18n.t("problem.server") : error.message;
  return error.requestId && error.status >= 500 ? `${told} (${error.requestId})` : told;
}

/** Shows an error where nothing else on the page can. */
export function notifyProblem(error: unknown): void {
  notifications.show({ color: "bad", title: i18n.t("problem.title"), message: problemText(error), autoClose: 8000 });
}
