import { expect, test } from 'vitest';
import { clients, deny, harness } from './harness';

/** The SDKs sign with the time of this machine. */
const h = harness({ now: Date.now });

test('the SDK reads what holds for the account as a whole', async () => {
  const { ims } = clients(h.cloud, h.root);
  const { security } = h.account;
  security.mainAccountMfa = false;
  security.mainAccountKeys = 2;
  security.passwordPolicy.minimumLength = 20;
  security.passwordPolicy.hardExpiry = true;
  expect((await ims.getAccountMFAInfo()).body).toMatchObject({ isMFAEnable: false });
  expect((await ims.getAccountSecurityPracticeReport()).body?.accountSecurityPracticeInfo).toMatchObject({
    accountSecurityPracticeUserInfo: { bindMfa: false, rootWithAccessKey: 2, subUser: 0 },
  });
  expect((await ims.getPasswordPolicy()).body?.passwordPolicy).toMatchObject({
    minimumPasswordLength: 20,
    requireSymbols: false,
    hardExpire: true,
    maxLoginAttemps: 0,
  });
});

test('RAM tells the same password policy, with its own name for one field', async () => {
  h.account.security.passwordPolicy.hardExpiry = true;
  const { body } = await clients(h.cloud, h.root).ram.getPasswordPolicy();
  expect(body?.passwordPolicy).toMatchObject({ minimumPasswordLength: 8, hardExpiry: true });
});

test('the network policy of the account: none at first, then the one that was set', async () => {
  const read = async () => (await h.call('ims', 'GetAccessKeyPolicyForAccount')).body.AccessKeyPolicy;
  expect(JSON.parse(String(await read()))).toEqual({ Version: 1, Status: 'Inactive', Statements: [] });
  h.account.security.networkPolicy = '{"Version":1,"Status":"Active","Statements":[]}';
  expect(await read()).toBe(h.account.security.networkPolicy);
});

test('an account that does not have network policies says so', async () => {
  h.cloud.switches.accessKeyPolicyKnown = false;
  expect(await h.call('ims', 'GetAccessKeyPolicyForAccount')).toMatchObject({
    status: 404,
    body: { Code: 'InvalidAction.NotFound' },
  });
});

test.each([
  'GetPasswordPolicy',
  'GetAccountMFAInfo',
  'GetAccountSecurityPracticeReport',
  'GetAccessKeyPolicyForAccount',
])('%s asks for its own permission', async (action) => {
  h.account.createUser('auditor');
  h.account.attachUserPolicy('auditor', {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  const auditor = h.account.createKey('auditor');
  expect(await h.call('ims', action, {}, auditor)).toMatchObject({ status: 200 });
  h.account.attachUserPolicy('auditor', deny(`ram:${action}`));
  expect(await h.call('ims', action, {}, auditor)).toMatchObject({ status: 403 });
});
