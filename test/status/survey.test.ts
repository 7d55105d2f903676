import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { LocalCloud } from '../../packages/local-alibaba-cloud/index';
import type { AccountContext } from '../../src/accounts/open';
import { systemClock as clock } from '../../src/base/clock';
import type { Progress } from '../../src/base/progress';
import { parseConfig } from '../../src/config/load';
import { readRosters, survey } from '../../src/status/survey-accounts';
import { furnishEveryState } from '../support/users-in-every-state';

let local: LocalCloud;
let opening: AccountContext;

beforeEach(async () => {
  local = await LocalCloud.start();
  furnishEveryState(local);
  const { url } = local;
  const config = {
    region: 'cn-hangzhou',
    endpoints: { ram: url, ims: url, kms: url, sts: url },
    rotation: { users: { tag: { key: 'keyturn', value: 'rotate' } } },
  };
  opening = {
    config: parseConfig(stringify(config), {}),
    context: { requestId: 'test', credentials: local.account().rootKey },
    clock,
    mode: 'plan',
    deadlineAt: Number.POSITIVE_INFINITY,
    doors: new Map(),
  };
});
afterEach(() => local.stop());

const surveyed = async (progress?: Progress) => {
  const status = await survey(opening, await readRosters(opening), { ...(progress && { progress }) });
  const [account] = status.accounts;
  if (!account) throw new Error('no account was surveyed');
  return account;
};

class Told implements Progress {
  readonly events: string[] = [];
  start = (total: number) => void this.events.push(`of ${total}`);
  tick = () => void this.events.push('tick');
  stop = () => void this.events.push('stop');
}

test('progress is told of every user, failed ones too, to the end', async () => {
  const progress = new Told();
  const { users } = await surveyed(progress);
  expect(users).toHaveLength(13);
  expect(progress.events).toEqual(['of 13', ...Array.from({ length: 13 }, () => 'tick'), 'stop']);
});

test('where the account cannot be read, progress ends too', async () => {
  local.faults.add({
    kind: 'error',
    status: 403,
    code: 'NoPermission',
    match: ({ action }) => action === 'ListUsers',
  });
  const progress = new Told();
  const status = await surveyed(progress);
  expect(status).toMatchObject({ users: [], usersInAccount: 0, error: { code: 'NoPermission' } });
  expect(progress.events).toEqual(['of 0', 'stop']);
});

test('a user who was deleted meanwhile is no user', async () => {
  const vanishing = new Set(['svc-current', 'svc-due']);
  local.faults.add({
    kind: 'error',
    status: 404,
    code: 'EntityNotExist.User',
    times: 2,
    match: ({ product, action, params }) =>
      product === 'ims' &&
      action === 'ListAccessKeys' &&
      vanishing.has(params.UserPrincipalName?.split('@')[0] ?? ''),
  });
  const { users, usersInAccount } = await surveyed();
  const names = users.map(({ user }) => user);
  expect(names).not.toContain('svc-current');
  expect(names).not.toContain('svc-due');
  expect(names).toHaveLength(11);
  expect(usersInAccount).toBe(13);
});

test('a user with an unfinished emergency is told, managed or not', async () => {
  local.account().untagUser(local.account().user('svc-emergency'), ['keyturn']);
  const { users } = await surveyed();
  expect(users.map(({ user }) => user)).toContain('svc-emergency');
});

test('of an old key that is still enabled it is told where it was used', async () => {
  const waiting = (await surveyed()).users.flatMap(({ user, keys }) =>
    keys.filter(({ role, status }) => role === 'old' && status === 'Active').map((key) => ({ user, key })),
  );
  const [first] = waiting;
  if (!first) throw new Error('no user waits');
  const { keyId } = first.key;
  local.switches.actionTrailLagMs = 0;
  local.account().markUsed(keyId, { service: 'Oss', event: 'PutObject', address: '203.0.113.7' });
  const { users } = await surveyed();
  const told = users.flatMap(({ keys }) => keys).find((key) => key.keyId === keyId);
  const { services, addresses, events } = told?.usedBy ?? {};
  expect([services, addresses, events].map((seen) => seen?.[0]?.what)).toEqual([
    'Oss',
    '203.0.113.7',
    'PutObject',
  ]);
});

test('without ActionTrail nothing is missing but where keys were used, which is noted', async () => {
  local.switches.actionTrailKnown = false;
  const { users, notes } = await surveyed();
  expect(users.map(({ state }) => state)).toContain('waiting');
  expect(users.flatMap(({ keys }) => keys).filter(({ usedBy }) => usedBy)).toEqual([]);
  expect(notes?.filter((note) => note.includes('GetAccessKeyLastUsedInfo'))).toHaveLength(1);
});
