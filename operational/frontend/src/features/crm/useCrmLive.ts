import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { onChange } from "@/live/useLive";

/** Reads customers and contacts anew when somebody changes one. */
export function useCrmLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    let timer = 0;
    const stop = onChange((change) => {
      if (!change?.topic.startsWith("crm.")) return;
      void client.invalidateQueries({ queryKey: ["customer", change.aggregate_id] });
      void client.invalidateQueries({ queryKey: ["contact", change.aggregate_id] });
      // an import changes many at once
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        void client.invalidateQueries({ queryKey: ["customers"] });
        void client.invalidateQueries({ queryKey: ["contacts"] });
      }, 500);
    });
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [client]);
}
