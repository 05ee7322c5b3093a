import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";
import { i18n } from "@/i18n";
import tokens from "./tokens.json";

export type ThemeName = keyof typeof tokens.themes;

const STATUS = ["accent", "good", "warn", "bad", "info"] as const;

/** Ten shades from light to dark around the two values of a token; Mantine's filled variants use shade 6 and 8. */
function shades(light: string, dark: string): MantineColorsTuple {
  const mixed = (color: string, part: number, other: string) => `color-mix(in srgb, ${color} ${part}%, ${other})`;
  return [
    mixed(light, 8, "white"),
    mixed(light, 16, "white"),
    mixed(light, 30, "white"),
    mixed(dark, 80, "white"),
    dark,
    dark,
    light,
    light,
    light,
    mixed(light, 75, "black"),
  ];
}

/** What stands on a filled colour has the ink of the scheme; Mantine would choose it by the light one alone. */
const variantColors: VariantColorsResolver = (input) => {
  const found = defaultVariantColorsResolver(input);
  const isOurs = (STATUS as readonly string[]).includes(input.color ?? input.theme.primaryColor);
  return input.variant === "filled" && isOurs ? { ...found, color: "var(--psa-accent-ink)" } : found;
};

/** Mantine's greys of the dark scheme: text, borders, fields and grounds of ours. */
function greys({ ink, soft, rest, line, hover, surface, ground }: typeof tokens.themes.dark): MantineColorsTuple {
  return [ink, ink, soft, rest, line, hover, surface, surface, ground, ground];
}

const SCROLLING = { maxHeight: 280, overflowY: "auto" } as const;

export const theme = createTheme({
  variantColorResolver: variantColors,
  fontFamily: tokens.font.family,
  fontFamilyMonospace: tokens.font.mono,
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "16px" }, h3: { fontSize: "14px" } },
  },
  colors: {
    ...(Object.fromEntries(
      STATUS.map((name) => [name, shades(tokens.themes.light[name], tokens.themes.dark[name])]),
    ) as Record<(typeof STATUS)[number], MantineColorsTuple>),
    dark: greys(tokens.themes.dark),
  },
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  defaultRadius: "sm",
  respectReducedMotion: true,
  cursorType: "pointer",
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  components: {
    // the head of a dialog is no head of the page
    Modal: { defaultProps: { attributes: { header: { role: "none" } } } },
    Drawer: { defaultProps: { attributes: { header: { role: "none" } } } },
    // lists and menus belong to the page's content, also for those who hear it
    Combobox: { defaultProps: { portalProps: { target: "#main" } } },
    Notification: {
      defaultProps: () => ({ closeButtonProps: { "aria-label": i18n.t("close") } }),
      styles: { description: { color: "var(--psa-soft)" } },
    },
    // the list itself scrolls, as its field tells those who hear it
    Select: { defaultProps: { withScrollArea: false }, styles: { options: SCROLLING } },
    Autocomplete: { defaultProps: { withScrollArea: false }, styles: { options: SCROLLING } },
    Menu: { defaultProps: { portalProps: { target: "#main" }, withInitialFocusPlaceholder: false } },
  },
});

/** Every token as `--psa-…`, and Mantine's own variables from them. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...own("light"), ...mantine("light") },
  dark: { ...own("dark"), ...mantine("dark") },
});

/** The variables of the high-contrast theme, to be set on the root element. */
export const contrastVariables: Record<string, string> = {
  // it is a light theme, also over the dark scheme
  "color-scheme": "light",
  ...Object.fromEntries(greys(tokens.themes.contrast).map((color, index) => [`--mantine-color-dark-${index}`, color])),
  ...own("contrast"),
  ...mantine("contrast"),
};

function own(name: ThemeName): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tokens.themes[name]).map(([key, value]) => [`--psa-${key.replace("_", "-")}`, value]),
  );
}

function mantine(name: ThemeName): Record<string, string> {
  const colors = tokens.themes[name];
  return {
    "--mantine-color-body": colors.surface,
    "--mantine-color-text": colors.ink,
    "--mantine-color-dimmed": colors.soft,
    "--mantine-color-placeholder": colors.soft,
    "--mantine-color-anchor": colors.accent,
    "--mantine-color-default": colors.surface,
    "--mantine-color-default-color": colors.ink,
    "--mantine-color-default-border": colors.line,
    "--mantine-color-disabled": colors.hover,
    "--mantine-color-disabled-color": colors.soft,
    "--mantine-color-disabled-border": colors.line,
    "--mantine-color-default-hover": colors.hover,
    "--mantine-color-error": colors.bad,
    "--mantine-primary-color-filled": colors.accent,
    "--mantine-primary-color-contrast": colors.accent_ink,
    ...Object.fromEntries(STATUS.flatMap((status) => variants(status, colors[status], colors.surface, colors.ink))),
  };
}

/** A status colour's variants; Mantine cannot reckon with the shades above. */
function variants(status: string, color: string, surface: string, ink: string): Array<[string, string]> {
  const mixed = (part: number, other: string) => `color-mix(in srgb, ${color} ${part}%, ${other})`;
  const name = `--mantine-color-${status}`;
  return [
    [`${name}-text`, color],
    [`${name}-filled`, color],
    [`${name}-filled-hover`, mixed(86, ink)],
    [`${name}-light`, mixed(10, surface)],
    [`${name}-light-hover`, mixed(16, surface)],
    [`${name}-light-color`, color],
    [`${name}-outline`, color],
    [`${name}-outline-hover`, mixed(6, surface)],
  ];
}
