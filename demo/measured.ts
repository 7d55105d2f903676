import {
  type CallRecord,
  callsOneAfterAnother,
  type LocalCloud,
} from '../packages/local-alibaba-cloud/index';

/** One way to Alibaba Cloud and back, while the emergency is measured. */
export const EMERGENCY_LATENCY_MS = 60;

export interface KeyEnd {
  /** Real time from the start of the run to the end of the key, in milliseconds. */
  readonly ms: number;
  readonly callsInARow: number;
}

/** What a run returns, and how the key ended in it, if it did. */
export async function measured<T>(
  cloud: LocalCloud,
  keyId: string,
  run: () => Promise<T>,
): Promise<{ ran: T; end: KeyEnd | undefined }> {
  const calls: CallRecord[] = [];
  let last: CallRecord | undefined;
  const stop = cloud.onCall((call) => {
    calls.push(call);
    if (call.action === 'UpdateAccessKey' && call.params.UserAccessKeyId === keyId) last = call;
  });
  cloud.latencyMs = EMERGENCY_LATENCY_MS;
  const startedAt = performance.now();
  const ran = await run();
  cloud.latencyMs = 0;
  stop();
  const end = last && { ms: last.finishedAt - startedAt, callsInARow: callsOneAfterAnother(calls, last) };
  return { ran, end };
}
