import { useEffect } from "react";
import { contrastVariables } from "./theme";

/** Puts the high-contrast colours over the chosen scheme while `on`. */
export function useContrast(on: boolean): void {
  useEffect(() => {
    const { style, dataset } = document.documentElement;
    if (!on) return;
    dataset.contrast = "high";
    for (const [name, value] of Object.entries(contrastVariables)) style.setProperty(name, value);
    return () => {
      delete dataset.contrast;
      for (const name of Object.keys(contrastVariables)) style.removeProperty(name);
    };
  }, [on]);
}
