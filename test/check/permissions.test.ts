import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../src/check/needs';
import { probes, unprobed } from '../../src/check/probes';
import { functions } from '../../src/setup/roles';
import { AccountToCheck, everythingNeeded, texts } from '../support/account-to-check';

let it: AccountToCheck;
beforeEach(async () => {
  it = await AccountToCheck.open();
});
afterEach(() => it.close());

const isNeeded = (action: string): boolean => needs().some((need) => need.action === action);
const policyOf = (name: string): { Statement: { Action: string | string[] }[] } =>
  JSON.parse(readFileSync(resolve(__dirname, `../../policies/${name}.json`), 'utf8'));

describe('the probes do not drift from the policies', () => {
  const known = [...Object.keys(probes), ...Object.keys(unprobed)];
  const shipped = functions.flatMap(({ name }) => policyOf(name).Statement.flatMap(({ Action }) => Action));

  test.each([...new Set(shipped)])('%s has a probe, or a reason why there is none', (action) => {
    expect(known).toContain(action);
  });

  test.each(known)('%s is needed by a function', (action) => {
    expect(shipped).toContain(action);
  });

  test('what the roles of the deployed functions get is what is looked for', () => {
    for (const { action } of needs()) expect(shipped).toContain(action);
  });
});

test('with all of them, every probe is answered, and nothing is changed', async () => {
  await it.account.enforceIdleRule();
  const lines = await it.check();
  expect(texts(lines, 'permission')).toEqual([]);
  expect(texts(lines, 'permissions-unknown')).toEqual([]);
  const open = [...Object.keys(unprobed), 'ram:GenerateCredentialReport'].filter(isNeeded);
  expect(texts(lines, 'permissions')).toEqual([
    `ok: acs:ram::1234567890123456:user/operator has ${needs().length - open.length} of the ${needs().length} permissions that the functions need.`,
  ]);
  const [notProbed = ''] = texts(lines, 'permissions-not-probed');
  for (const action of open) expect(notProbed).toContain(action);
  expect(it.changes).toEqual([]);
  expect(it.account.report).toBeUndefined();
  expect([...it.account.users.keys()].sort()).toEqual(['operator', 'svc-orders']);
  expect(it.account.secrets.size).toBe(0);
});

test('each probe asks for the very permission that it stands for', async () => {
  it.account.report = { startedAt: it.cloud.clock.now(), rows: [] };
  await it.check();
  const asked = new Set(it.cloud.calls.flatMap(({ checked }) => checked.map((check) => check.split(' ')[0])));
  for (const action of Object.keys(probes).filter(isNeeded)) expect(asked).toContain(action);
});

describe('each permission that is missing is told, with where it is needed', () => {
  test.each(
    Object.keys(probes).filter((action) => isNeeded(action) && action !== 'ram:GenerateCredentialReport'),
  )('%s', async (action) => {
    it.allow(everythingNeeded().filter((one) => one !== action));
    const lines = await it.check();
    const missing = lines.filter(({ id }) => id === 'permission');
    expect(missing).toHaveLength(1);
    expect(missing[0]?.text).toContain(`lacks ${action} on `);
    expect(missing[0]?.text).not.toContain('${');
    expect(missing[0]?.remedy).toContain('policies/');
    expect(missing[0]?.state).toBe(probes[action]?.optional ? 'warning' : 'failure');
    expect(it.changes).toEqual([]);
  });
});

test('actions that the account does not know yet are not counted', async () => {
  it.cloud.switches.accessKeyPolicyKnown = false;
  it.cloud.switches.actionTrailKnown = false;
  const lines = await it.check();
  expect(texts(lines, 'permission')).toEqual([]);
  const [notProbed = ''] = texts(lines, 'permissions-not-probed');
  expect(notProbed).toMatch(
    /ram:GetAccessKeyPolicy, ram:SetAccessKeyPolicy, actiontrail:.* \(this account does not know the action/,
  );
});

test('a permission to make a credential report is probed only while the last one stands', async () => {
  const allBut = everythingNeeded().filter((one) => one !== 'ram:GenerateCredentialReport');
  it.allow(allBut);
  it.account.report = { startedAt: it.cloud.clock.now(), rows: [] };
  const [missing = ''] = texts(await it.check(), 'permission');
  expect(missing).toContain('lacks ram:GenerateCredentialReport on *');
});

test.each([
  ['ram:GetUser', 'ram:CreateAccessKey', 'CreateAccessKey'],
  ['kms:DescribeSecret', 'kms:PutSecretValue', 'PutSecretValue'],
])(
  'without %s nothing is written to: nobody can tell whether the name is free',
  async (reading, writing, call) => {
    it.allow(everythingNeeded().filter((one) => one !== reading));
    const lines = await it.check();
    const [notProbed = ''] = texts(lines, 'permissions-not-probed');
    expect(notProbed).toContain(writing);
    expect(notProbed).toContain('could not be confirmed');
    expect(it.cloud.calls.filter(({ action }) => action === call)).toEqual([]);
  },
);

test('writes are tried only at names that were asked for before, like those of managed users', async () => {
  await it.check();
  const writes = it.cloud.calls.filter(({ write }) => write);
  expect(writes.length).toBeGreaterThan(10);
  for (const { params, seq } of writes) {
    const { UserName, UserPrincipalName, SecretName, 'ResourceId.1': id } = params;
    const name =
      UserName ?? UserPrincipalName?.split('@')[0] ?? SecretName?.replace('keyturn/', '') ?? id ?? '';
    expect(name).toMatch(/^svc-orders\.keyturn-check-[0-9a-f]{16}$|^2\d{17}$/);
    const looked = it.cloud.calls.find(
      (call) => call.seq < seq && Object.values(call.params).some((value) => value.includes(name)),
    );
    expect(looked?.action).toMatch(/^(GetUser|DescribeSecret)$/);
    expect(looked?.code).toMatch(/NotExist|ResourceNotFound/);
  }
});

test('a key that was found in public is told once, instead of every permission', async () => {
  it.cloud.faults.add({
    match: ({ product }) => product === 'ram' || product === 'ims',
    kind: 'error',
    status: 403,
    code: 'Forbidden',
    message: 'There is a risk of leakage of this AccessKey.',
    times: 1000,
  });
  const lines = await it.check();
  const failures = lines.filter(({ state }) => state === 'failure');
  expect(failures).toEqual([
    expect.objectContaining({
      account: it.account.id,
      text: expect.stringContaining('found the AccessKey of these credentials in public'),
      remedy: expect.stringContaining('rotate --emergency'),
    }),
  ]);
});
