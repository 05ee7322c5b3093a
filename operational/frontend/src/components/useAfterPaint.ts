import { startTransition, useEffect, useState } from "react";

/** False at first, true once the browser has drawn: for parts that may come a moment later than what the page is for. */
export function useAfterPaint(): boolean {
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    let timer = 0;
    const frame = requestAnimationFrame(() => {
      timer = window.setTimeout(() => startTransition(() => setDrawn(true)));
    });
    return () => {
      cancelAnimationFrame(frame);
      window.clearTimeout(timer);
    };
  }, []);
  return isDrawn;
}
