import { useMantineColorScheme } from "@mantine/core";
import { useCallback } from "react";
import { i18n, type Language } from "@/i18n";
import { usePreference } from "@/session/usePreference";
import { useContrast } from "@/theme/useContrast";

export const SCHEMES = ["auto", "light", "dark"] as const;

/** Language, colours and density of this person, and how to change them. */
export function useSettings() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [, keepLanguage] = usePreference<Language | null>("desk.language", null);
  const [contrast, setContrast] = usePreference("desk.contrast", false);
  const [density, setDensity] = usePreference<"compact" | "roomy">("desk.density", "compact");
  useContrast(contrast);
  const setLanguage = useCallback(
    (language: Language) => {
      void i18n.changeLanguage(language);
      keepLanguage(language);
    },
    [keepLanguage],
  );
  return { colorScheme, setColorScheme, setLanguage, contrast, setContrast, density, setDensity };
}
