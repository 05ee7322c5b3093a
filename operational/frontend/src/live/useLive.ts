import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { readRights } from "@/session/readRights";

/** What a colleague, a job or this page itself has just changed. */
export type Change = { topic: string; aggregate_id: string; version: number; actor_id: string | null };
type Listener = (change: Change | null) => void;

const listeners = new Set<Listener>();

/** Calls back with each change, and with null when everything may have changed. Returns the way to stop. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(change: Change | null): void {
  for (const listener of listeners) listener(change);
}

/** Keeps one stream of changes open while the page is shown, and renews the session when the stream ends with it. */
export function useLiveStream(): boolean {
  const client = useQueryClient();
  const [connected, setConnected] = useState(false);
  useEffect(() => {
    let source: EventSource | null = null;
    let timer = 0;
    let waited = 1000;
    let wasOpen = false;
    let isOver = false;
    const open = () => {
      source = new EventSource("/api/live");
      source.onopen = () => {
        // what happened while there was no stream is unknown
        if (wasOpen) tell(null);
        wasOpen = true;
        waited = 1000;
        setConnected(true);
      };
      source.addEventListener("change", (event) => tell(JSON.parse((event as MessageEvent<string>).data) as Change));
      source.addEventListener("resync", () => tell(null));
      source.onerror = () => {
        setConnected(false);
        source?.close();
        timer = window.setTimeout(again, waited);
        waited = Math.min(waited * 2, 30_000);
      };
    };
    const again = async () => {
      // an EventSource does not say why it ended: the session wants renewing, or the person may hear no more
      await readRights(client);
      if (!isOver) open();
    };
    open();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
      source?.close();
    };
  }, [client]);
  useEffect(() => onChange((change) => change === null && void client.invalidateQueries()), [client]);
  return connected;
}
