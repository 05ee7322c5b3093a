import type { TFunction } from "i18next";
import { useSyncExternalStore } from "react";
import { i18n } from ".";

function follow(listener: () => void): () => void {
  i18n.on("languageChanged", listener);
  return () => i18n.off("languageChanged", listener);
}

/** The texts, for what stands on a page a hundred times: far lighter than `useTranslation`. */
export function useT(): TFunction {
  useSyncExternalStore(follow, () => i18n.language);
  return i18n.t;
}
