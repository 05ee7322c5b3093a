import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { de, en } from "./texts";

export const LANGUAGES = ["de", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
const KEPT = "psa-language";

/** The language before anybody has logged in: as kept here, else the browser's. */
function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "de" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}

export const i18n = i18next.createInstance();
void i18n.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: "en",
  resources: { de: { translation: de }, en: { translation: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
});
document.documentElement.lang = i18n.language;
i18n.on("languageChanged", (language) => {
  document.documentElement.lang = language;
  localStorage.setItem(KEPT, language);
});

/** The language now shown. */
export function currentLanguage(): Language {
  return i18n.language === "en" ? "en" : "de";
}
