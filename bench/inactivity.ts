import { resolve } from 'node:path';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import RamClient, {
  GetAccessKeyLastUsedRequest,
  ListAccessKeysRequest,
  ListUsersRequest,
} from '@alicloud/ram20150501';
import { type Account, type CallRecord, LocalCloud } from '../packages/local-alibaba-cloud/index';
import { measuredRun } from './measured-run';
import { shippedPolicy } from './policy';

const latencyMs = 20;
const day = 86_400_000;
const readsPerSecond = 50;
/** One user in a hundred has been idle for so long that it must be looked at closely. */
const idleEvery = 100;

type Row = Record<string, string | number>;

/** disable-inactive in mode plan over accounts of this many users, with the documented rate limits in force. */
export async function benchInactivity(sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const users of sizes) rows.push(await benchSize(users));
  return rows;
}

async function benchSize(users: number): Promise<Row> {
  const cloud = await LocalCloud.start({ quotas: true, latencyMs, recordCalls: true });
  try {
    const account = cloud.account();
    account.usersQuota = users;
    account.createRole('bench', { policies: [shippedPolicy('disable-inactive', account.id)] });
    for (let index = 0; index < users; index++) populate(account, index);

    const ours = await measuredRun(
      resolve('dist/disable-inactive'),
      {},
      {
        requestId: 'bench',
        credentials: account.assume('bench'),
        function: { name: 'disable-inactive', timeout: 600 },
        region: 'cn-hangzhou',
        accountId: account.id,
      },
      {
        mode: 'enforce',
        endpoints: Object.fromEntries(['ram', 'ims', 'kms', 'sts'].map((name) => [name, cloud.url])),
        limits: { disablesPerRun: users, readsPerSecond },
      },
    );
    if (!ours.ok) throw new Error(ours.failure);
    const calls = [...cloud.calls];
    const reads = calls.filter(({ write }) => !write);
    const candidates = Math.ceil(users / idleEvery);
    const loop = await sequentialLoop(cloud, account);
    return {
      run: `${users} users, ${candidates} of them idle`,
      reads: reads.length,
      'reads beside two per candidate': reads.length - 2 * candidates,
      'throttling answers': calls.filter(({ code }) => code?.includes('Throttling')).length,
      seconds: round(ours.seconds),
      'floor (busiest read ÷ its permitted rate), seconds': round(busiest(reads) / readsPerSecond),
      'plain sequential SDK loop, seconds': round(loop.seconds),
      'plain sequential SDK loop, calls': loop.calls,
      'peak MB': Math.round(ours.peakMegabytes),
    };
  } finally {
    await cloud.stop();
  }
}

function populate(account: Account, index: number): void {
  const idle = index % idleEvery === 0;
  const now = Date.now();
  const name = `user-${index}`;
  account.createUser(name, { createdAt: now - 400 * day });
  account.createKey(name, {
    createdAt: now - 400 * day,
    lastUsed: now - (idle ? 200 : 2) * day,
    service: 'Ecs',
  });
}

/** What a script would do: every user, every key, its last use, one call after the other. */
async function sequentialLoop(
  cloud: LocalCloud,
  account: Account,
): Promise<{ seconds: number; calls: number }> {
  const { accessKeyId, accessKeySecret } = account.rootKey;
  const client = new RamClient(
    new $OpenApiUtil.Config({ accessKeyId, accessKeySecret, endpoint: cloud.endpoint, protocol: 'http' }),
  );
  const began = performance.now();
  let calls = 0;
  let marker: string | undefined;
  do {
    const page = (await client.listUsers(new ListUsersRequest({ marker, maxItems: 1000 }))).body;
    calls++;
    for (const { userName } of page?.users?.user ?? []) {
      const keys = (await client.listAccessKeys(new ListAccessKeysRequest({ userName }))).body;
      calls++;
      for (const { accessKeyId: userAccessKeyId } of keys?.accessKeys?.accessKey ?? []) {
        await client.getAccessKeyLastUsed(new GetAccessKeyLastUsedRequest({ userName, userAccessKeyId }));
        calls++;
      }
    }
    marker = page?.isTruncated ? page.marker : undefined;
  } while (marker);
  return { seconds: (performance.now() - began) / 1000, calls };
}

function busiest(reads: readonly CallRecord[]): number {
  const counts = new Map<string, number>();
  for (const { product, action } of reads) {
    const name = `${product} ${action}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

const round = (value: number): number => Number(value.toFixed(2));
