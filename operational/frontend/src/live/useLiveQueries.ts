import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { onChange } from "./useLive";

/**
 * Reads queries anew when something with a topic of this beginning happens; what happens within `wait` ms, such as an
 * import, costs one reading.
 */
export function useLiveQueries(topics: string, keys: readonly QueryKey[], wait: number): void {
  const client = useQueryClient();
  const wanted = useRef(keys);
  wanted.current = keys;
  useEffect(() => {
    let timer = 0;
    const read = () => {
      timer = 0;
      for (const queryKey of wanted.current) void client.invalidateQueries({ queryKey });
    };
    const stop = onChange((change) => {
      if (change?.topic.startsWith(topics)) timer ||= window.setTimeout(read, wait);
    });
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [client, topics, wait]);
}
