import type { TFunction } from "i18next";
import { currentLanguage } from "@/i18n";

export const SECTORS = ["clinic", "craft", "law", "logistics", "municipality", "school"] as const;
export const COUNTRIES = [
  ..."DE AT CH LI LU BE BG CY CZ DK EE ES FI FR GB GR HR HU IE IT LT LV MT NL NO PL PT RO SE SI SK US".split(" "),
];
export const LANGUAGES = ["de", "en", "fr", "it", "nl", "pl", "cs", "es"] as const;

/** A country's name in the person's language. */
export function countryName(code: string): string {
  return new Intl.DisplayNames(currentLanguage(), { type: "region" }).of(code) ?? code;
}

/** A language's name in the person's language. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(currentLanguage(), { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** A sector in words; what is no code of ours stays as it was written. */
export function sectorName(t: TFunction, sector: string): string {
  return t(`crm.sector.${sector}`, { defaultValue: sector });
}

/** The code of a sector written in words, else the words. */
export function sectorCode(t: TFunction, name: string): string {
  return SECTORS.find((code) => sectorName(t, code).toLowerCase() === name.trim().toLowerCase()) ?? name.trim();
}

/** Town and country in one line. */
export function placeText(place: { city: string | null; country: string | null }): string | null {
  const parts = [place.city, place.country && countryName(place.country)].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : null;
}
