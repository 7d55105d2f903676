import { beforeEach, expect, test } from 'vitest';
import { DAY } from '../../packages/local-alibaba-cloud/index';
import type { Audit, CheckResult } from '../../src/audit/finding';
import { policyFor } from '../support/rotation-fixture';
import { statusFixture } from '../support/status-fixture';

const fixture = statusFixture();

beforeEach(() => {
  const { account } = fixture;
  account.createUser('auditor');
  account.attachUserPolicy('auditor', policyFor(account.id, 'audit'));
  fixture.operator = account.createKey('auditor', { networkPolicy: restricted });
  configure();
});

const restricted = JSON.stringify({
  Version: 1,
  Status: 'Active',
  Statements: [{ Type: 'ClassicWhiteList', IPList: ['203.0.113.0/24'] }],
});
const configure = (more: object = {}) =>
  fixture.fixture.configure({
    region: 'cn-hangzhou',
    endpoints: { ram: fixture.cloud.url },
    limits: { readsPerSecond: 500 },
    exempt: [{ user: 'break-glass', reason: 'emergency access\u001b[31m' }],
    ...more,
  });
const keyturn = (...args: string[]) => fixture.keyturn('audit', ...args);

async function audit(...args: string[]): Promise<ReadonlyMap<string, CheckResult>> {
  const { stdout, stderr } = await keyturn('--json', ...args);
  expect(stderr).toBe('');
  const { accounts } = JSON.parse(stdout) as Audit;
  expect(accounts.map(({ account }) => account)).toEqual([fixture.account.id]);
  return new Map(accounts.flatMap(({ checks }) => checks).map((check) => [check.id, check]));
}

const idsBy = (results: ReadonlyMap<string, CheckResult>, result: CheckResult['result']) =>
  [...results.values()].filter((check) => check.result === result).map(({ id }) => id);

/** As bad as it gets: whatever can be wrong is. */
function neglect(): { old: string; stale: string } {
  const { account } = fixture;
  const createdAt = Date.now() - 400 * DAY;
  account.createUser('svc-orders', { createdAt });
  const old = account.createKey('svc-orders', { createdAt, lastUsed: Date.now() - 200 * DAY }).accessKeyId;
  account.createKey('svc-orders', { createdAt });
  account.createUser('break-glass', { createdAt, consoleLogin: true });
  account.createKey('break-glass', { lastUsed: Date.now() - DAY });
  account.createUser('svc-leaving', { createdAt });
  const stale = account.createKey('svc-leaving', { createdAt, status: 'Inactive' }).accessKeyId;
  account.addToGroup('svc-leaving', 'admins');
  account.group('admins').policies.set(account.policy('AdministratorAccess', 'System'), Date.now());
  account.attachUserPolicy('svc-orders', {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  account.security.mainAccountMfa = false;
  return { old, stale };
}

/** Of an account in which nothing is wrong but that the auditor's own policy is attached to a user. */
function tidy(): void {
  const { account } = fixture;
  account.security.mainAccountKeys = 0;
  account.security.passwordPolicy = {
    minimumLength: 14,
    lowercase: true,
    uppercase: true,
    numbers: true,
    symbols: true,
    hardExpiry: false,
    maxAge: 365,
    reusePrevention: 5,
    maxAttempts: 5,
    initialPasswordAge: 14,
  };
  account.preference.maxIdleDaysForAccessKeys = 90;
  account.preference.maxIdleDaysForUsers = 90;
  account.createUser('mia', { lastLogin: Date.now() - DAY, mfa: true });
}

test('a neglected account fails every check, with its evidence', async () => {
  const { old, stale } = neglect();
  const results = await audit();
  expect(idsBy(results, 'unknown')).toEqual([]);
  // A password that does not expire is fine, and the local cloud calls from no private address.
  expect(idsBy(results, 'passed')).toEqual(['password-expiry', 'could-be-roles']);
  const evidence = (id: string) => results.get(id)?.evidence.join(' ');
  expect(evidence('old-keys')).toContain(`User svc-orders has key ${old} since 400 days.`);
  expect(evidence('unused-keys')).toContain(`key ${old} was last used 200 days ago`);
  expect(evidence('leftover-keys')).toContain(`User svc-leaving: key ${stale} is disabled since 400 days.`);
  expect(evidence('console-mfa')).toContain('User break-glass (exempt: emergency access');
  expect(evidence('administrator-access')).toBe('AdministratorAccess is attached to group admins.');
  expect(evidence('wildcard-policies')).toContain('is attached to user svc-orders.');
  expect(results.get('main-account-keys')).toMatchObject({ cis: '1.2', severity: 'high' });
});

test('a tidy account passes, one line for each check', async () => {
  tidy();
  expect(idsBy(await audit(), 'failed')).toEqual(['direct-policies']);
  const text = await keyturn();
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/: 1 failed, 0 unknown, 22 passed$/m);
  expect(text.stdout).toMatch(/^passed {3}high {4}CIS 1\.3 {3}The main account logs on with MFA/m);
});

test('keys used from private addresses only could be roles', async () => {
  const { account } = fixture;
  account.createUser('svc-batch');
  const key = account.createKey('svc-batch').accessKeyId;
  account.markUsed(key, { at: Date.now() - DAY, address: '10.0.3.4' });
  expect((await audit()).get('could-be-roles')).toMatchObject({
    result: 'failed',
    evidence: [`User svc-batch: key ${key} was used from inside Alibaba Cloud only: 10.0.3.4.`],
  });
});

test('the account’s network policy counts for keys without one', async () => {
  const { account } = fixture;
  account.createUser('svc-batch');
  account.createKey('svc-batch');
  expect((await audit()).get('network-policies')?.result).toBe('failed');
  account.security.networkPolicy = restricted;
  expect((await audit()).get('network-policies')?.result).toBe('passed');
});

test('an account without the newer actions is not known in what they would tell', async () => {
  tidy();
  const { switches } = fixture.cloud;
  switches.accessKeyPolicyKnown = false;
  switches.actionTrailKnown = false;
  fixture.account.createUser('svc-batch');
  fixture.account.createKey('svc-batch');
  const results = await audit();
  expect(idsBy(results, 'unknown')).toEqual(['network-policies', 'could-be-roles']);
  expect(results.get('network-policies')?.evidence[0]).toContain(
    'does not know the action GetAccessKeyPolicy',
  );
});

test.each([
  ['GetAccountSecurityPracticeReport', ['main-account-keys']],
  ['GetAccountMFAInfo', ['main-account-mfa']],
  ['GetSecurityPreference', ['idle-rule']],
  ['GetUserMFAInfo', ['console-mfa']],
  ['ListPolicies', ['administrator-access', 'wildcard-policies', 'direct-policies']],
  ['GetPolicy', ['wildcard-policies']],
  ['GetLoginProfile', ['console-mfa', 'unused-logons', 'logon-and-keys']],
])('without %s only what depends on it is unknown, and --fail-on counts it', async (action, ids) => {
  tidy();
  fixture.account.attachUserPolicy('auditor', {
    Version: '1',
    Statement: [{ Effect: 'Deny', Action: `ram:${action}`, Resource: '*' }],
  });
  const { code, stdout, stderr } = await keyturn('--json', '--fail-on', 'low');
  const { accounts } = JSON.parse(stdout) as Audit;
  const unknown = accounts.flatMap(({ checks }) => checks).filter(({ result }) => result === 'unknown');
  expect(unknown.map(({ id }) => id)).toEqual(ids);
  for (const { evidence } of unknown) expect(evidence[0]).toContain(`${action} was refused: NoPermission`);
  expect(stderr).toContain(`${ids[0]} unknown in account ${fixture.account.id}`);
  expect(code).toBe(1);
});

test('--fail-on looks at that severity and what is graver', async () => {
  tidy();
  fixture.account.security.passwordPolicy.minimumLength = 8;
  expect(await keyturn('--fail-on', 'high')).toMatchObject({ code: 0, stderr: '' });
  const medium = await keyturn('--fail-on', 'medium');
  expect(medium).toMatchObject({ code: 1, stderr: expect.stringContaining('password-length failed') });
  expect(medium.stderr).not.toContain('direct-policies');
});

test('failed first, then unknown, then passed; long lists are cut, and the terminal is safe', async () => {
  neglect();
  const { account } = fixture;
  for (const index of Array(8).keys()) account.createUser(`person-${index}`, { consoleLogin: true });
  const { code, stdout, stderr } = await keyturn();
  expect(code).toBe(0);
  expect(stderr).toBe('');
  const order = [...stdout.matchAll(/^(failed|unknown|passed) +(high|medium|low) /gm)].map(
    ([, result = '', severity = '']) =>
      10 * ['failed', 'unknown', 'passed'].indexOf(result) + ['high', 'medium', 'low'].indexOf(severity),
  );
  expect(order).toHaveLength(23);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(stdout).toContain('… and 4 more; --json has them all.');
  expect(stdout).toContain('To do: Require MFA');
  expect(stdout).not.toContain('\u001b');
  expect((await audit()).get('console-mfa')?.evidence).toHaveLength(9);
});

test('nothing is written, and no secret is told', async () => {
  neglect();
  const { stdout, stderr } = await keyturn('--json');
  expect(fixture.writes()).toEqual([]);
  expect(fixture.cloud.calls.map(({ action }) => action)).not.toContain('GenerateCredentialReport');
  expect(fixture.cloud.issuedSecrets().filter((secret) => (stdout + stderr).includes(secret))).toEqual([]);
});

test.each([
  ['an unknown severity', ['--fail-on', 'grave'], /Allowed choices are high, medium, low/],
  ['an unknown option', ['--fail-at', 'high'], /unknown option '--fail-at'/],
  ['an account that is not keyturn’s', ['--account', '999'], /none of the accounts/],
  ['a configuration that is not there', ['--config', 'nowhere.yaml'], /nowhere\.yaml/],
])('%s ends with 2', async (_, args, message) => {
  const { code, stdout, stderr } = await keyturn(...args);
  expect(stderr).toMatch(message);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('it does without a configuration', async () => {
  const { code, stderr } = await fixture.fixture.keyturn(['audit'], { cwd: fixture.fixture.folder });
  expect(stderr).toContain('No credentials were found.');
  expect(code).toBe(2);
});

test('a broken configuration is refused, not left aside', async () => {
  fixture.fixture.configure('exempt: [');
  expect(await keyturn()).toMatchObject({ code: 2, stdout: '' });
  expect(fixture.cloud.calls).toEqual([]);
});

test('an account that cannot be entered is one of which nothing is known', async () => {
  const own = fixture.account.id;
  const id = '9999999999999999';
  configure({ accounts: [{ id: own }, { id, roleArn: `acs:ram::${id}:role/keyturn` }] });
  const { code, stdout } = await keyturn('--json', '--fail-on', 'high');
  const { accounts } = JSON.parse(stdout) as Audit;
  expect(accounts.map(({ account }) => account)).toEqual([own, id]);
  expect(new Set(accounts[1]?.checks.map(({ result }) => result))).toEqual(new Set(['unknown']));
  expect(code).toBe(1);
});
