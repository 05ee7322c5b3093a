import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { eventsQuery, readAnew } from "./queries";

it("does not take a first reading for the answer that began before the change", async () => {
  const client = new QueryClient();
  const answers = [["before"], ["before", "after"]];
  let finish: (() => void) | undefined;
  const first = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const queryFn = vi.fn(async () => {
    const answer = answers[queryFn.mock.calls.length - 1];
    if (queryFn.mock.calls.length === 1) await first;
    return answer;
  });
  const observer = new QueryObserver<unknown>(client, {
    queryKey: eventsQuery("1").queryKey,
    queryFn,
    staleTime: 5000,
  });
  const stop = observer.subscribe(() => {});
  readAnew(client, "1");
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toEqual(["before", "after"]));
  finish?.();
  await first;
  expect(observer.getCurrentResult().data).toEqual(["before", "after"]);
  stop();
});
