import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memberId, Organisation, type Size } from '../support/organisation';

let company: Organisation;
const open = async (size: Size) => {
  company = await Organisation.open(size);
  return company;
};
afterEach(() => company.close());

const all = { fanOut: { accountsPerRun: 100 } };

test('30 accounts with faults in some: each fails alone, says what to do, and the others go on', async () => {
  await open({ members: 30, config: all });
  company.employ();
  company.member(3).roles.delete('keyturn');
  const [policy] = company.member(7).role('keyturn').policies.keys();
  if (policy) company.member(7).role('keyturn').policies.delete(policy);
  const stranger = {
    Effect: 'Allow' as const,
    Action: 'sts:AssumeRole',
    Principal: { RAM: 'acs:ram::9:root' },
  };
  company.member(11).role('keyturn').trust = { Version: '1', Statement: [stranger] };
  const { faults } = company.cloud;
  const inAccount = (index: number, action: string) => ({
    match: (call: { account: string | undefined; action: string }) =>
      call.account === memberId(index) && call.action === action,
    kind: 'error' as const,
    times: 1000,
  });
  faults.add({ ...inAccount(15, 'ListUsers'), status: 429, code: 'Throttling.User' });
  faults.add({ ...inAccount(20, 'ListSecrets'), status: 400, code: 'Forbidden.KMSServiceNotOpened' });

  const { report, error } = await company.rotate();
  expect(error).toBeDefined();
  expect(report.status).toBe('failed');
  const message = report.error?.message ?? '';
  expect(report.error?.code).toBe('AccountsFailed');
  expect(message).toContain('5 accounts failed.');
  expect(message).toMatch(
    new RegExp(
      `account ${memberId(3)}: .* The role acs:ram::${memberId(3)}:role/keyturn does not exist: run keyturn setup --member`,
    ),
  );
  expect(message).toMatch(
    new RegExp(`account ${memberId(7)}: .*Give acs:ram::${memberId(7)}:role/keyturn the policy`),
  );
  expect(message).toMatch(new RegExp(`account ${memberId(11)}: .*trust policy of acs:ram::${memberId(11)}`));
  expect(message).toMatch(new RegExp(`account ${memberId(15)}: .*uses up the call rate`));
  expect(message).toMatch(new RegExp(`account ${memberId(20)}: .*Activate KMS in account ${memberId(20)}`));
  const failed = [3, 7, 11, 15, 20];
  expect(report.summary.actions.CreateAccessKey).toBe(25);
  for (const [index, member] of company.members.entries()) {
    expect(member.user('svc').keys.size, member.id).toBe(failed.includes(index) ? 0 : 1);
  }
});

test('no role does anything in an account that is not its own', async () => {
  await open({ members: 4, config: all });
  company.employ();
  await company.rotate();
  const { cloud, fixture } = company;
  const [a, b] = [company.member(0), company.member(1)];
  const beyond = cloud.calls.filter(
    ({ principalArn, checked }) =>
      principalArn?.includes(':assumed-role/keyturn/') &&
      checked.some((asked) => {
        const owner = /acs:ram::(\d+)/.exec(principalArn ?? '')?.[1];
        return owner && !asked.includes(owner) && !asked.endsWith(' *');
      }),
  );
  expect(beyond).toEqual([]);
  const trusted = JSON.stringify(a.role('keyturn').trust);
  expect(trusted).toContain(fixture.account.id);
  expect(trusted).not.toContain(b.id);
  for (const resource of [`acs:ram:*:${b.id}:user/svc`, `acs:kms:cn-hangzhou:${b.id}:secret/keyturn/svc`]) {
    const policies = [...a.role('keyturn').policies.keys()].map(({ current }) => current.policy);
    for (const action of ['ram:CreateAccessKey', 'ram:DeleteUser', 'kms:PutSecretValue']) {
      expect(policies.map((policy) => policy.evaluate(action, resource))).toEqual(['implicit-deny']);
    }
  }
});

test('a role lets in the functions alone, and only with the ExternalId', async () => {
  await open({
    members: 1,
    config: { ...all, resourceDirectory: { roleName: 'keyturn', externalId: 'other' } },
  });
  company.employ();
  company.member(0).role('keyturn').trust = JSON.parse(
    JSON.stringify(company.member(0).role('keyturn').trust),
  );
  const { report } = await company.rotate();
  expect(report.error?.message).toContain('with the ExternalId of the configuration');
  expect(company.member(0).user('svc').keys.size).toBe(0);
});

describe('the Resource Directory', () => {
  test('members of a folder and of those below it, without the excluded and those that never joined', async () => {
    await open({
      members: 1,
      config: {
        ...all,
        resourceDirectory: {
          roleName: 'keyturn',
          externalId: 'acme-7f3a',
          include: ['fd-production', memberId(0)],
          exclude: ['12'],
        },
      },
    });
    const directory = company.cloud.openDirectory();
    directory.addFolder('fd-production');
    directory.addFolder('fd-shops', 'fd-production');
    directory.addFolder('fd-test');
    directory.addMember('10', { folder: 'fd-production' });
    directory.addMember('11', { folder: 'fd-shops', status: 'InviteSuccess' });
    directory.addMember('12', { folder: 'fd-shops' });
    directory.addMember('13', { folder: 'fd-test' });
    directory.addMember('14', { folder: 'fd-shops', status: 'CreateFailed' });
    directory.addMember('15', { folder: 'fd-shops', status: 'PromoteSuccess' });
    await company.rotate();
    const assumed = company.cloud.calls
      .filter(({ action }) => action === 'AssumeRole')
      .map(({ params }) => params.RoleArn);
    expect(assumed.sort()).toEqual(
      ['10', '11', '15', memberId(0)].map((id) => `acs:ram::${id}:role/keyturn`),
    );
  });

  test('is read to its end, page by page', async () => {
    await open({ members: 230, config: { fanOut: { accountsPerRun: 500, concurrency: 20 } } });
    const { report } = await company.rotate();
    expect(report.status).toBe('ok');
    expect(company.cloud.calls.filter(({ action }) => action === 'ListAccounts')).toHaveLength(3);
    expect(company.cloud.calls.filter(({ action }) => action === 'AssumeRole')).toHaveLength(230);
  });

  test('the management account only where it is included, with the credentials of the function', async () => {
    const include = ['1234567890123456', memberId(0)];
    await open({
      members: 2,
      config: { ...all, resourceDirectory: { roleName: 'keyturn', externalId: 'acme-7f3a', include } },
    });
    company.employ();
    company.fixture.account.createUser('svc', { tags: { keyturn: 'rotate' } });
    const { report } = await company.rotate();
    expect(report.users.map(({ account }) => account)).toEqual(include);
    expect(report.status).toBe('ok');
  });

  test.each([
    ['refused', { kind: 'error' as const, status: 403, code: 'NoPermission' }],
    [
      'cut short',
      {
        kind: 'answer' as const,
        body: JSON.stringify({
          RequestId: 'A',
          PageNumber: 1,
          PageSize: 100,
          TotalCount: 3,
          Accounts: { Account: [] },
        }),
      },
    ],
  ])('a list that is %s stops the run before any write', async (_, fault) => {
    await open({ members: 3, config: all });
    company.employ();
    company.cloud.faults.add({ match: ({ action }) => action === 'ListAccounts', times: 100, ...fault });
    const { error } = await company.rotate();
    expect(error?.message).toContain('ListAccounts');
    expect(company.cloud.calls.filter(({ write }) => write)).toEqual([]);
  });

  test('an included account that is not there is refused by its id', async () => {
    await open({
      members: 1,
      config: { ...all, resourceDirectory: { roleName: 'keyturn', include: ['77'] } },
    });
    const { error } = await company.rotate();
    expect(error?.message).toContain('account 77 is neither a member');
  });
});

describe('the secrets', () => {
  const central = (account: string) => ({
    ...all,
    rotation: {
      users: { tag: { key: 'keyturn', value: 'rotate' } },
      secret: { account, name: 'keyturn/{account}/{userName}' },
    },
  });

  test('lie in the own KMS of each account', async () => {
    await open({ members: 2, config: all });
    company.employ();
    await company.rotate();
    expect(company.members.map(({ secrets }) => [...secrets.keys()])).toEqual([
      ['keyturn/svc'],
      ['keyturn/svc'],
    ]);
  });

  test.each([
    ['the account of the functions', '1234567890123456'],
    ['a member', memberId(2)],
  ])('lie in one KMS: that of %s', async (_, recordWriter) => {
    await open({ members: 3, config: central(recordWriter) });
    company.employ();
    const { report } = await company.rotate();
    expect(report.error).toBeUndefined();
    expect(report.summary.actions.PromoteSecret ?? report.summary.actions.ProveKey).toBe(3);
    expect([...company.cloud.account(recordWriter).secrets.keys()].sort()).toEqual(
      company.members.map(({ id }) => `keyturn/${id}/svc`),
    );
    for (const { id, secrets } of company.members) if (id !== recordWriter) expect(secrets.size).toBe(0);
    const assumed = company.cloud.calls.filter(({ action }) => action === 'AssumeRole');
    expect(assumed).toHaveLength(3);
  });
});

test('an account of all secrets that is out of reach is named, with what to do there', async () => {
  const secret = { account: memberId(2), name: 'keyturn/{account}/{userName}' };
  await open({
    members: 3,
    config: { ...all, rotation: { users: { tag: { key: 'keyturn', value: 'rotate' } }, secret } },
  });
  company.employ();
  company.member(2).roles.delete('keyturn');
  const { report } = await company.rotate();
  expect(report.error?.message).toContain('3 accounts failed');
  expect(report.error?.message).toMatch(
    new RegExp(
      `account ${memberId(0)}: account ${memberId(2)}, whose KMS holds .*${memberId(2)}:role/keyturn does not exist`,
    ),
  );
  expect(company.cloud.calls.filter(({ write }) => write)).toEqual([]);
});

describe('sessions', () => {
  /** Does this as soon as the first member has carried out this action. */
  function when(done: string, turn: () => void): void {
    const off = company.cloud.onCall(({ action, account }) => {
      if (action !== done || account !== memberId(0)) return;
      off();
      turn();
    });
  }
  /** Function Compute's own credentials last for 36 hours. */
  const rotate = () => {
    const credentials = company.fixture.account.assume('keyturn-rotate-keys');
    return company.rotate({}, { timeout: 36_000, credentials });
  };

  test('are renewed before they end', async () => {
    await open({ members: 1, config: all });
    company.employ();
    when('ListAccessKeys', () => company.fixture.advance('PT56M'));
    const { report } = await rotate();
    expect(report.status).toBe('ok');
    const calls = company.cloud.calls.map(({ action, code }) => code ?? action);
    expect(calls.filter((call) => call === 'AssumeRole')).toHaveLength(2);
    expect(calls.filter((call) => call.includes('SecurityToken'))).toEqual([]);
  });

  test('are used to their end where they cannot be renewed in time', async () => {
    await open({ members: 1, config: all });
    company.employ();
    when('ListAccessKeys', () => {
      company.member(0).roles.delete('keyturn');
      company.fixture.advance('PT56M');
    });
    const { report } = await rotate();
    expect(report.status).toBe('ok');
    const refused = company.cloud.calls.filter(
      ({ action, status }) => action === 'AssumeRole' && status !== 200,
    );
    expect(refused).toHaveLength(1);
  });

  test('that have ended and cannot be renewed end the work in that account, and in no other', async () => {
    await open({ members: 2, config: { fanOut: { concurrency: 1 } } });
    company.employ();
    when('ListAccessKeys', () => {
      company.member(0).roles.delete('keyturn');
      company.fixture.advance('PT2H');
    });
    const { report, error } = await rotate();
    expect(error).toBeDefined();
    expect(report.users.flatMap(({ account, error }) => (error ? [[account, error.code]] : []))).toEqual([
      [memberId(0), 'EntityNotExist.Role'],
    ]);
    expect(company.member(1).user('svc').keys.size).toBe(1);
  });
});

describe('limits.disablesPerRun', () => {
  const withLimit = (disablesPerRun: number | string) => ({
    ...all,
    limits: { readsPerSecond: 500, writesPerSecond: 200, disablesPerRun },
  });
  const disabled = () =>
    company.cloud.calls.filter(({ action, executed }) => executed && action === 'UpdateAccessKey').length;

  test('holds over all accounts together', async () => {
    await open({ members: 3, config: withLimit(5) });
    for (const member of company.members) company.idle(member, 2);
    await company.disableInactive();
    company.fixture.advance('P8D');
    const { report } = await company.disableInactive();
    expect(report.status).toBe('halted');
    expect(report.notes?.join(' ')).toContain('Over all accounts of this run 6 users');
    expect(disabled()).toBe(0);
  });

  test('holds in each account: one beyond it halts alone', async () => {
    await open({ members: 3, config: withLimit('40%') });
    company.idle(company.member(0), 2);
    for (const member of company.members)
      for (let index = 0; index < 4; index++) member.createUser(`new-${index}`);
    company.idle(company.member(1), 3);
    await company.disableInactive();
    company.fixture.advance('P8D');
    const { report } = await company.disableInactive();
    expect(report.status).toBe('halted');
    expect(report.notes?.join(' ')).toContain(`In account ${memberId(1)} 3 users`);
    expect(disabled()).toBe(2);
  });

  test('a run that was told its share does no more than that', async () => {
    await open({ members: 2, config: withLimit(20) });
    for (const member of company.members) company.idle(member, 2);
    const accounts = company.members.map(({ id }) => id);
    await company.disableInactive({ accounts, disablesPerRun: 3 });
    company.fixture.advance('P8D');
    const { report } = await company.disableInactive({ accounts, disablesPerRun: 3 });
    expect(report.status).toBe('halted');
    expect(disabled()).toBe(0);
  });
});

describe('an emergency over many accounts', () => {
  const emergency = { users: ['svc'], emergency: true };
  const keyOf = (member: number) => [...company.member(member).user('svc').keys.values()][0]?.id ?? '';
  const statusOf = (member: number, keyId: string) =>
    company.member(member).user('svc').keys.get(keyId)?.status ?? 'gone';

  beforeEach(async () => {
    await open({ members: 3, config: all });
  });

  test('that names one asks nobody for the others', async () => {
    company.employ();
    await company.rotate();
    const before = company.cloud.calls.length;
    const { report } = await company.rotate({ ...emergency, account: memberId(1) });
    expect(report.status).toBe('ok');
    expect(company.cloud.calls.slice(before).map(({ action }) => action)).not.toContain('ListAccounts');
  });

  test('finds the one account that has the user', async () => {
    company.member(1).createUser('svc');
    const { accessKeyId } = company.member(1).createKey('svc');
    const { error, report } = await company.rotate(emergency);
    expect(error).toBeUndefined();
    expect(report.users).toMatchObject([{ account: memberId(1), reason: 'EmergencyReplaced' }]);
    expect(statusOf(1, accessKeyId)).toBe('Inactive');
  });

  test('lists the accounts where several have the user, and changes nothing', async () => {
    company.employ();
    await company.rotate();
    const leaked = keyOf(0);
    const { error } = await company.rotate(emergency);
    expect(error?.message).toContain(`${memberId(0)} and ${memberId(1)} and ${memberId(2)}`);
    expect(statusOf(0, leaked)).toBe('Active');
  });

  test('a key id alone is enough', async () => {
    company.employ();
    await company.rotate();
    const leaked = keyOf(2);
    const { error, report } = await company.rotate({ emergency: true, keyId: leaked });
    expect(error).toBeUndefined();
    expect(report.users).toMatchObject([{ account: memberId(2), user: 'svc' }]);
    expect(statusOf(2, leaked)).toBe('Inactive');
    expect(statusOf(1, keyOf(1))).toBe('Active');
  });

  test.each([
    ['a key of nobody', { emergency: true, keyId: 'LTAI5tNobodysKey00000000' }, 'is not a key of a user'],
    ['a user of nobody', { ...emergency, users: ['nobody'] }, 'has a RAM user nobody'],
  ])('%s is refused', async (_, event, message) => {
    company.employ();
    const { error } = await company.rotate(event);
    expect(error?.message).toContain(message);
  });

  test('an account that cannot be asked may have another user of that name', async () => {
    company.member(1).createUser('svc');
    const { accessKeyId } = company.member(1).createKey('svc');
    company.member(2).roles.delete('keyturn');
    const refused = await company.rotate(emergency);
    expect(refused.error?.message).toContain(`account ${memberId(2)} could not be asked`);
    expect(statusOf(1, accessKeyId)).toBe('Active');
    const named = await company.rotate({ ...emergency, account: memberId(1) });
    expect(named.error).toBeUndefined();
    expect(statusOf(1, accessKeyId)).toBe('Inactive');
  });

  test('the name as the console shows it', async () => {
    company.member(1).createUser('svc');
    const { accessKeyId } = company.member(1).createKey('svc');
    const users = [`svc@${memberId(1)}.onaliyun.com`];
    expect((await company.rotate({ emergency: true, users })).error).toBeUndefined();
    expect(statusOf(1, accessKeyId)).toBe('Inactive');
  });
});

test('users may be named where not every account has them', async () => {
  await open({ members: 3, config: all });
  company.member(1).createUser('svc', { tags: { keyturn: 'rotate' } });
  const { report } = await company.rotate({ users: ['svc'] });
  expect(report.users.map(({ account }) => account)).toEqual([memberId(1)]);
  const { error } = await company.rotate({ users: ['nobody'] });
  expect(error?.message).toContain('nobody is not a managed user');
});
