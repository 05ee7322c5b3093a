import { useEffect } from "react";
import { tinykeys } from "tinykeys";
import { CATALOGUE, type CommandId } from "./catalogue";
import { runCommand } from "./registry";

/** Whether a key belongs to what has the focus, and not to the page. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (!target || !(target instanceof HTMLElement)) return false;
  if (target.closest("[role=dialog], [role=menu], [role=listbox]") && !event.ctrlKey && !event.metaKey) return true;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Enter and space press the button or link that has the focus. */
function pressesTarget(event: KeyboardEvent): boolean {
  return event.key === "Enter" && (event.target as HTMLElement | null)?.closest("a, button, [role=option]") !== null;
}

/** Listens for the keys of all commands; mounted once. */
export function useKeys(): void {
  useEffect(() => {
    const bindings: Record<string, (event: KeyboardEvent) => void> = {};
    for (const [id, { keys }] of Object.entries(CATALOGUE)) {
      if (keys === null) continue;
      const always = keys.startsWith("$mod");
      const handler = (event: KeyboardEvent) => {
        if (!always && (isTyping(event) || pressesTarget(event))) return;
        if (runCommand(id as CommandId)) event.preventDefault();
      };
      bindings[keys] = handler;
      // some keyboards have these behind shift, others not
      if (/^[^\w$]$/.test(keys)) bindings[`Shift+${keys}`] = handler;
    }
    return tinykeys(window, bindings);
  }, []);
}
