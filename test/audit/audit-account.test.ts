import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY } from '../../packages/local-alibaba-cloud/index';
import { AuditedCloud } from './audited-cloud';

let audited: AuditedCloud;

beforeEach(async () => {
  audited = await AuditedCloud.open();
  const { account } = audited;
  account.createUser('svc-orders');
  account.createKey('svc-orders', { lastUsed: Date.now() - DAY });
  account.createUser('mia', { lastLogin: Date.now() - DAY, mfa: true });
});
afterEach(() => audited.cloud.stop());

const unknownOf = async () =>
  [...(await audited.audit()).values()].filter(({ result }) => result === 'unknown').map(({ id }) => id);

test.each([
  ['GetAccountSecurityPracticeReport', { AccountSecurityPracticeInfo: {} }, ['main-account-keys']],
  ['GetAccountMFAInfo', {}, ['main-account-mfa']],
  ['GetAccessKeyPolicyForAccount', {}, ['network-policies']],
  ['GetAccessKeyPolicyForAccount', { AccessKeyPolicy: '[]' }, ['network-policies']],
  [
    'GetAccessKeyPolicyForAccount',
    { AccessKeyPolicy: '{"Status":"Active","Statements":[]}' },
    ['network-policies'],
  ],
  ['GetLoginProfile', { LoginProfile: {} }, ['console-mfa', 'unused-logons', 'logon-and-keys']],
  ['GetPolicy', { DefaultPolicyVersion: { PolicyDocument: 'no JSON' } }, ['wildcard-policies']],
  ['ListEntitiesForPolicy', { Users: {} }, ['wildcard-policies', 'direct-policies']],
  ['ListPolicies', {}, ['administrator-access', 'wildcard-policies', 'direct-policies']],
])(
  'an answer of %s that does not say what it must leaves unknown what depends on it',
  async (action, answer, ids) => {
    const { account } = audited;
    account.createRole('deploy', {
      policies: [{ Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
    });
    audited.cloud.faults.add({
      match: (call) => call.action === action,
      kind: 'answer',
      body: JSON.stringify({ RequestId: 'A1', ...answer }),
      times: 100,
    });
    expect(await unknownOf()).toEqual(ids);
  },
);

test('a password policy of which a rule is missing is not known', async () => {
  audited.cloud.faults.add({
    match: ({ action }) => action === 'GetPasswordPolicy',
    kind: 'answer',
    body: JSON.stringify({ RequestId: 'A1', PasswordPolicy: { MinimumPasswordLength: 20 } }),
    times: 100,
  });
  const unknown = await unknownOf();
  expect(unknown).toHaveLength(8);
  expect(unknown.filter((id) => !id.startsWith('password-'))).toEqual([]);
});

test('a cloud that stays down leaves everything unknown, and the audit ends', async () => {
  audited.cloud.faults.add({ match: () => true, kind: 'error', status: 503, times: 10_000 });
  const results = [...(await audited.audit()).values()];
  expect(new Set(results.map(({ result }) => result))).toEqual(new Set(['unknown']));
});

test('a user who is deleted meanwhile is left out', async () => {
  audited.account.createUser('leaving', { consoleLogin: true });
  audited.cloud.faults.add({
    match: ({ action, params }) =>
      action === 'ListAccessKeys' && params.UserPrincipalName?.startsWith('leaving@') === true,
    kind: 'error',
    status: 404,
    code: 'EntityNotExist.User',
  });
  const results = await audited.audit();
  expect(JSON.stringify([...results.values()])).not.toContain('leaving');
  expect(results.get('console-mfa')?.result).toBe('passed');
});

test('only users who can log on are asked for their MFA device, and only attached policies for whom they are attached to', async () => {
  await audited.audit();
  const asked = (action: string) => audited.cloud.calls.filter((call) => call.action === action).length;
  expect(asked('GetUserMFAInfo')).toBe(1);
  expect(asked('ListEntitiesForPolicy')).toBe(1);
  expect(audited.cloud.calls.filter(({ write }) => write)).toEqual([]);
});
