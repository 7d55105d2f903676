import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY } from '../../packages/local-alibaba-cloud/index';
import { narrowed, readings, refusedCalls, unusedActions, unusedResources } from '../support/grants';
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

test('the shipped policy suffices in every reading, and every grant of it is used', async () => {
  for (const authorises of readings) {
    audited.cloud.switches.authorises = authorises;
    const results = await audited.audit(config);
    expect([...results.values()].filter(({ result }) => result === 'unknown')).toEqual([]);
    expect(refusedCalls(audited.cloud)).toEqual([]);
  }
  const use = audited.account.grantsUsed('auditor');
  expect(unusedActions(use)).toEqual([]);
  expect(unusedResources([use])).toEqual([]);
});

test('each granted action is needed: without it other things are found', async () => {
  const expected = JSON.stringify([...(await audited.audit(config))]);
  const idle: string[] = [];
  for (const { lacks, policy } of narrowed(auditPolicy(audited.account), 'Action')) {
    audited.allow(policy);
    if (JSON.stringify([...(await audited.audit(config))]) === expected) idle.push(lacks);
  }
  expect(idle).toEqual([]);
});
