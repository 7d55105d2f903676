import { resolve } from 'node:path';
import { type CallRecord, callsOneAfterAnother, LocalCloud } from '../packages/local-alibaba-cloud/index';
import { type MeasuredRun, measuredRun } from './measured-run';
import { shippedPolicy } from './policy';

const users = 1000;
const due = 200;
const latencyMs = 20;
const writesPerSecond = 10;
const codeDir = resolve('dist/rotate-keys');

type Row = Record<string, string | number>;

/** 1,000 managed users with 20 ms per call: nothing due, 200 due, and one emergency. */
export async function benchRotation(): Promise<Row[]> {
  const cloud = await LocalCloud.start({ recordCalls: true });
  try {
    const account = cloud.account();
    account.createRole('bench', { policies: [shippedPolicy('rotate-keys', account.id)] });
    for (let index = 0; index < users; index++) {
      account.createUser(`svc-${index}`, { tags: { keyturn: 'rotate' } });
    }
    const run = (event: unknown, limits: object): Promise<MeasuredRun> =>
      measuredRun(
        codeDir,
        event,
        {
          requestId: 'bench',
          credentials: account.assume('bench'),
          function: { name: 'rotate-keys', timeout: 600 },
          region: 'cn-hangzhou',
          accountId: account.id,
        },
        {
          mode: 'enforce',
          endpoints: Object.fromEntries(['ram', 'ims', 'kms', 'sts'].map((name) => [name, cloud.url])),
          rotation: { users: { tag: { key: 'keyturn', value: 'rotate' } } },
          limits: { rotationsPerRun: users, ...limits },
        },
      );
    const measure = async (what: string, event: unknown, limits: object) => {
      const before = cloud.calls.length;
      const measured = await run(event, limits);
      if (!measured.ok) throw new Error(`${what}: ${measured.failure}`);
      return { what, measured, calls: cloud.calls.slice(before) };
    };

    await measure('first keys', {}, { readsPerSecond: 500, writesPerSecond: 200 });
    cloud.latencyMs = latencyMs;
    const idle = await measure('nothing due', {}, {});
    for (let index = 0; index < due; index++) {
      for (const key of account.user(`svc-${index}`).keys.values()) age(key);
    }
    const busy = await measure(`${due} due`, {}, { writesPerSecond });
    const emergency = await measure('emergency', { users: ['svc-999'], emergency: true }, {});
    return [
      {
        run: `${users} managed users, nothing due`,
        calls: idle.calls.length,
        'calls per user': round(idle.calls.length / users, 3),
        ...times(idle.measured),
      },
      {
        run: `${due} of ${users} due, ${writesPerSecond} writes/s permitted`,
        calls: busy.calls.length,
        'busiest write': busiest(busy.calls),
        ...times(busy.measured),
      },
      {
        run: 'one emergency, invocation to the old key disabled',
        ...deepest(emergency.calls),
        ...times(emergency.measured),
      },
    ];
  } finally {
    await cloud.stop();
  }
}

function age(key: { createdAt: number }): void {
  key.createdAt -= 100 * 86_400_000;
}

const times = ({ seconds, peakMegabytes }: MeasuredRun): Row => ({
  seconds: round(seconds, 2),
  'peak MB': Math.round(peakMegabytes),
});

/** The write that was sent most often, and the rate that it reached from its first call to its last. */
function busiest(calls: readonly CallRecord[]): string {
  const writes = calls.filter(({ write }) => write);
  const actions = [...new Set(writes.map(({ action }) => action))];
  const [sent = []] = actions
    .map((action) => writes.filter((call) => call.action === action))
    .sort((a, b) => b.length - a.length);
  const [first, last] = [sent[0]?.startedAt ?? 0, sent.at(-1)?.startedAt ?? 0];
  const rate = (sent.length - 1) / ((last - first) / 1000);
  return `${sent[0]?.action}: ${sent.length} at ${round(rate, 2)}/s, ${Math.round((rate / writesPerSecond) * 100)} % of the permitted rate`;
}

/** How many calls followed one another up to the end of the old key, and the least time that takes. */
function deepest(calls: readonly CallRecord[]): Row {
  const end = calls.find(({ action }) => action === 'UpdateAccessKey');
  if (!end) throw new Error('the emergency disabled no key');
  const until = calls.slice(0, calls.indexOf(end) + 1);
  const depth = callsOneAfterAnother(until, end);
  const [first, last] = [until[0]?.startedAt ?? 0, until.at(-1)?.finishedAt ?? 0];
  return {
    calls: until.length,
    'one after another': depth,
    'ms from first call': Math.round(last - first),
    'least possible ms': depth * latencyMs,
  };
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
