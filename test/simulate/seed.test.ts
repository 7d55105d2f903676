import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Account, LocalCloud } from '../../packages/local-alibaba-cloud/index';
import { systemClock } from '../../src/base/clock';
import { openCloud } from '../../src/cloud/cloud';
import { Gate } from '../../src/cloud/gate';
import { Secret } from '../../src/cloud/secret';
import { parseConfig } from '../../src/config/load';
import { castOfStatus } from '../../src/simulate/account-of-status';
import { seedAccount } from '../../src/simulate/seed';
import { readStatusFile } from '../../src/simulate/status-file';
import type { UserStatus } from '../../src/status/account-status';
import { surveyAccount } from '../../src/status/survey';
import { emergencies, everyState, statusOf } from '../support/status-in-every-state';

let cloud: LocalCloud;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-'));
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(statusOf([]).at) });
  cloud = await LocalCloud.start();
});
afterEach(async () => {
  vi.useRealTimers();
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

const configFor = (users: object) =>
  parseConfig(
    JSON.stringify({
      region: 'cn-hangzhou',
      endpoints: { ram: cloud.url, ims: cloud.url, kms: cloud.url, sts: cloud.url },
      rotation: { users },
    }),
    {},
  );

function written(users: readonly UserStatus[], others?: number): string {
  const file = join(folder, 'status.json');
  writeFileSync(file, JSON.stringify(statusOf(users, others)));
  return file;
}

/** The simulated account, and the status that keyturn would tell of it. */
async function roundTrip(users: readonly UserStatus[], managed: object, others?: number) {
  const config = configFor(managed);
  const cast = castOfStatus(readStatusFile(written(users, others), undefined), config);
  const account: Account = cloud.account();
  const { keyIds } = seedAccount(account, cast, config);
  const { accessKeyId, accessKeySecret } = account.rootKey;
  const clock = { ...systemClock, now: () => DateTime.utc() };
  const gate = new Gate({
    account: account.id,
    mode: 'plan',
    readsPerSecond: 500,
    writesPerSecond: 1,
    clock,
  });
  const credentials = { accessKeyId, accessKeySecret: new Secret(accessKeySecret) };
  const { endpoints } = config;
  const opened = openCloud({ account: account.id, region: cloud.region, credentials, endpoints, gate });
  return { account, keyIds, status: await surveyAccount({ cloud: opened, config, clock }) };
}

test('every state of a status comes back as it was, keys and their roles too', async () => {
  const users = [...everyState, ...emergencies].sort((a, b) => (a.user < b.user ? -1 : 1));
  const { status, keyIds } = await roundTrip(users, { group: 'rotated' });
  const told = ({ user, state, reason, keys }: UserStatus) => ({
    user,
    state,
    reason,
    keys: keys
      .map(({ keyId, role, status, ageDays }) => ({
        keyId: keyIds.get(keyId) ?? keyId,
        role,
        status,
        ageDays,
      }))
      .sort((a, b) => (a.keyId < b.keyId ? -1 : 1)),
  });
  expect(status.error).toBeUndefined();
  expect(status.users.map(told)).toEqual(users.map(told));
});

test('times of the old key come back: grace, and the deletion', async () => {
  const users = everyState.filter(({ user }) => user === 'grace' || user === 'recovery');
  const { status } = await roundTrip(users, { group: 'rotated' });
  const times = ({ keys }: UserStatus) =>
    keys.map(({ currentSince, graceEndsAt }) => ({ currentSince, graceEndsAt }));
  const [grace, recovery] = status.users;
  expect(grace && times(grace)).toEqual(users[0] && times(users[0]));
  expect(recovery?.keys[1]).toMatchObject({
    disabledAt: '2027-01-01T00:00:00Z',
    deletedFrom: '2027-01-08T00:00:00Z',
  });
});

test.each([
  ['tag', { tag: { key: 'keyturn', value: 'rotate' } }],
  ['group', { group: 'rotated' }],
  ['names', { names: ['current', 'due'] }],
])('managed by %s: the users are covered, and the others are there by number', async (_, managed) => {
  const users = everyState.filter(({ user }) => user === 'current' || user === 'due');
  const { status, account } = await roundTrip(users, managed, 7);
  expect(status.users.map(({ user }) => user)).toEqual(['current', 'due']);
  expect(account.users.size).toBe(9);
});

test('who is covered by nothing in the configuration is told', () => {
  const users = everyState.filter(({ user }) => user === 'current' || user === 'due');
  const config = configFor({ names: ['current', 'new-name'] });
  const { notes } = castOfStatus(readStatusFile(written(users), undefined), config);
  expect(notes).toContain('Managed in the status, and not by this configuration: due.');
  expect(notes).toContain(
    'Named by the configuration, and not in the status: new-name. They do not exist here.',
  );
});
