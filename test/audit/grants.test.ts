import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PolicyDocument } from '../../local/policy';
import { DAY } from '../../local/time';
import { AuditedCloud, auditPolicy } from './audited-cloud';

const config = { exempt: [{ group: 'auditors', reason: 'they audit us' }] };

let audited: AuditedCloud;

/** An account on which every read changes what is found. RAM's records are behind those of ActionTrail. */
beforeEach(async () => {
  audited = await AuditedCloud.open({ switches: { lastUsedLagMs: 100 * DAY } });
  const { account } = audited;
  const createdAt = Date.now() - 300 * DAY;
  account.createUser('svc-orders', { createdAt, groups: ['auditors'] });
  account.createKey('svc-orders', { createdAt, lastUsed: Date.now() - DAY });
  account.group('auditors').policies.set(account.policy('AliyunRAMReadOnlyAccess', 'System'), createdAt);
  account.createUser('mia', { createdAt, lastLogin: Date.now() - DAY, mfa: true });
});
afterEach(() => audited.cloud.stop());

test('the shipped policy suffices, and every grant of it is used', async () => {
  const results = await audited.audit(config);
  expect([...results.values()].filter(({ result }) => result === 'unknown')).toEqual([]);
  expect(audited.cloud.calls.filter(({ allowed, checked }) => !allowed && checked.length > 0)).toEqual([]);
  const unused = audited.account
    .grantsUsed('auditor')
    .flatMap(({ actions, resources }) => [...actions, ...resources])
    .filter(({ used }) => !used)
    .map(({ pattern }) => pattern);
  expect(unused).toEqual([]);
});

/** The policy without one action. */
function without(action: string, { Version, Statement }: PolicyDocument): PolicyDocument {
  const narrowed = Statement.map((each) => ({
    ...each,
    Action: [each.Action ?? []].flat().filter((one) => one !== action),
  }));
  return { Version, Statement: narrowed.filter(({ Action }) => Action.length > 0) };
}

test('each granted action is needed: without it other things are found', async () => {
  const whole = auditPolicy(audited.account);
  const expected = JSON.stringify([...(await audited.audit(config))]);
  const idle: string[] = [];
  for (const action of whole.Statement.flatMap(({ Action = [] }) => Action)) {
    audited.allow(without(action, whole));
    if (JSON.stringify([...(await audited.audit(config))]) === expected) idle.push(action);
  }
  expect(idle).toEqual([]);
});
