import { DateTime } from 'luxon';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Account,
  LocalCloud,
  type Never,
  type Switches,
} from '../../packages/local-alibaba-cloud/index';
import { type Cloud, openCloud } from '../../src/cloud/cloud';
import { Gate, type Mode, PlanModeError } from '../../src/cloud/gate';
import { revealSecret, Secret } from '../../src/cloud/secret';
import { HandClock } from './hand-clock';
import { endpointsAt } from './open';

const NOW = DateTime.fromISO('2026-11-23T03:00:00Z', { zone: 'utc' });
const ago = (days: number) => NOW.minus({ days });
const EVERYTHING = {
  Version: '1' as const,
  Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }],
};

let local: LocalCloud;
let account: Account;
let cloud: Cloud;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW.toMillis() });
  local = await LocalCloud.start();
  account = local.account();
  account.createRole('keyturn', { policies: [EVERYTHING] });
  cloud = open();
});
afterEach(async () => {
  vi.useRealTimers();
  await local.stop();
});

function open(mode: Mode = 'enforce', timeoutMs?: number): Cloud {
  const session = account.assume('keyturn');
  return openCloud({
    account: account.id,
    region: local.region,
    credentials: {
      accessKeyId: session.accessKeyId,
      accessKeySecret: new Secret(session.accessKeySecret),
      securityToken: new Secret(session.securityToken),
    },
    endpoints: endpointsAt(local.endpoint),
    gate: new Gate({
      account: account.id,
      mode,
      readsPerSecond: 500,
      writesPerSecond: 200,
      clock: new HandClock(NOW),
      timeoutMs,
    }),
  });
}

function newUser(name: string, options: Parameters<Account['createUser']>[1] = {}) {
  return account.createUser(name, { createdAt: ago(100).toMillis(), ...options });
}

describe('RAM', () => {
  it('GetUser', async () => {
    const alice = newUser('alice');
    await expect(cloud.ram.getUser('alice')).resolves.toEqual({
      id: alice.id,
      name: 'alice',
      displayName: 'alice',
      createdAt: ago(100),
    });
    await expect(cloud.ram.getUser('nobody')).resolves.toBeUndefined();
  });

  it('the life of a key', async () => {
    newUser('alice');
    const issued = await cloud.ram.createAccessKey('alice');
    expect(issued.createdAt.equals(NOW)).toBe(true);
    await expect(cloud.identityOf({ keyId: issued.id, secret: issued.secret })).resolves.toMatchObject({
      accountId: account.id,
      type: 'RAMUser',
      arn: expect.stringMatching(/user\/alice$/),
    });
    await expect(cloud.ram.listAccessKeys('alice')).resolves.toEqual([
      { id: issued.id, status: 'Active', createdAt: NOW },
    ]);

    await cloud.ram.setAccessKeyStatus('alice', issued.id, 'Inactive');
    await cloud.ram.setAccessKeyStatus('alice', issued.id, 'Inactive');
    await expect(cloud.ram.listAccessKeys('alice')).resolves.toMatchObject([{ status: 'Inactive' }]);
    await expect(cloud.identityOf({ keyId: issued.id, secret: issued.secret })).rejects.toMatchObject({
      code: 'InvalidAccessKeyId.Inactive',
    });

    await cloud.ram.deleteAccessKey('alice', issued.id);
    await cloud.ram.deleteAccessKey('alice', issued.id);
    await expect(cloud.ram.listAccessKeys('alice')).resolves.toEqual([]);
  });

  it('a third key, and keys of nobody', async () => {
    newUser('alice');
    await cloud.ram.createAccessKey('alice');
    await cloud.ram.createAccessKey('alice');
    await expect(cloud.ram.createAccessKey('alice')).rejects.toMatchObject({
      code: 'LimitExceeded.User.AccessKey',
      outcome: 'refused',
    });
    await expect(cloud.ram.listAccessKeys('nobody')).rejects.toMatchObject({ code: 'EntityNotExist.User' });
    await expect(cloud.ram.setAccessKeyStatus('alice', 'LTAInone', 'Inactive')).rejects.toMatchObject({
      code: 'EntityNotExist.User.AccessKey',
    });
    await cloud.ram.deleteAccessKey('nobody', 'LTAInone');
  });

  it.each(['drop-before', 'drop-after', 'hang'] as const)(
    'CreateAccessKey is sent once: %s',
    async (kind) => {
      newUser('alice');
      local.faults.add({ kind, match: (call) => call.action === 'CreateAccessKey' });
      const { ram } = open('enforce', 100);
      await expect(ram.createAccessKey('alice')).rejects.toMatchObject({ outcome: 'unknown' });
      expect(local.calls.filter((call) => call.action === 'CreateAccessKey')).toHaveLength(1);
    },
  );

  it('members of a group, over all pages', async () => {
    account.createGroup('big');
    for (let i = 0; i < 1100; i++) newUser(`member-${i}`, { groups: ['big'] });
    const members = await cloud.ram.listUsersForGroup('big');
    expect(new Set(members).size).toBe(1100);
    await expect(cloud.ram.listGroupsForUser('member-7')).resolves.toEqual(['big']);
    await expect(cloud.ram.listUsersForGroup('none')).rejects.toMatchObject({ code: 'EntityNotExist.Group' });
  });

  it('takes a user apart, twice over', async () => {
    account.createGroup('staff');
    newUser('alice', { groups: ['staff'], consoleLogin: true, mfa: true });
    account.attachUserPolicy('alice', EVERYTHING);
    const [policy] = await cloud.ram.listPoliciesForUser('alice');
    expect(policy).toMatchObject({ type: 'Custom' });
    for (let i = 0; i < 2; i++) {
      if (policy) await cloud.ram.detachPolicyFromUser('alice', policy);
      await cloud.ram.removeUserFromGroup('alice', 'staff');
      await cloud.ram.unbindMfaDevice('alice');
      await cloud.ram.deleteLoginProfile('alice');
    }
    await cloud.ram.deleteUser('alice');
    await cloud.ram.deleteUser('alice');
    expect(account.users.has('alice')).toBe(false);
    await expect(cloud.ims.listUsersInRecycleBin()).resolves.toMatchObject([{ name: 'alice' }]);
  });
});

describe('IMS', () => {
  it('lists all users with tags, frozen ones too, over all pages', async () => {
    for (let i = 0; i < 1005; i++) newUser(`u-${i}`);
    newUser('cold', { status: 'freeze', provisionType: 'SCIM' });
    newUser('tagged', { tags: { keyturn: 'rotate' }, lastLogin: ago(3).toMillis(), consoleLogin: true });
    const users = await cloud.ims.listUsers();
    expect(new Set(users.map((user) => user.id)).size).toBe(1007);
    expect(users.find((user) => user.name === 'cold')).toMatchObject({
      status: 'freeze',
      provisionType: 'SCIM',
      lastLogin: { kind: 'never' },
    });
    expect(users.find((user) => user.name === 'tagged')).toMatchObject({
      principalName: `tagged@${account.domain}`,
      tags: new Map([['keyturn', 'rotate']]),
      lastLogin: { kind: 'at' },
    });
    const pages = [];
    for await (const page of cloud.ims.userPages()) pages.push(page.length);
    expect(pages).toEqual([1000, 7]);
  });

  it('finds a user by id, principal name or key', async () => {
    const alice = newUser('alice', { tags: { a: '1' } });
    const { accessKeyId } = account.createKey('alice');
    const refs = [{ id: alice.id }, { principalName: alice.principalName }, { accessKeyId }];
    for (const ref of refs) {
      await expect(cloud.ims.getUser(ref)).resolves.toMatchObject({ id: alice.id, name: 'alice' });
    }
    await expect(cloud.ims.getUser({ accessKeyId: 'LTAI5tNobodysKey0000000' })).resolves.toBeUndefined();
    await expect(cloud.ims.getUser({ principalName: `x@${account.domain}` })).resolves.toBeUndefined();
  });

  it.each([true, false])('lists keys, UpdateDate told: %s', async (updateDate) => {
    local.switches.updateDate = updateDate;
    const alice = newUser('alice');
    account.createKey('alice', {
      createdAt: ago(90).toMillis(),
      status: 'Inactive',
      updatedAt: ago(5).toMillis(),
    });
    await expect(cloud.ims.listAccessKeys(alice.principalName)).resolves.toMatchObject([
      { status: 'Inactive', createdAt: ago(90), updatedAt: updateDate ? ago(5) : undefined },
    ]);
  });

  it.each<[Never]>([[''], ['absent'], ['-'], ['N/A']])(
    'a key never used, told as "%s"',
    async (neverUsed) => {
      local.switches.neverUsed = neverUsed;
      const alice = newUser('alice');
      const { accessKeyId } = account.createKey('alice');
      await expect(cloud.ims.accessKeyLastUsed(alice.principalName, accessKeyId)).resolves.toEqual({
        kind: 'never',
      });
      await expect(cloud.ims.getUser({ id: alice.id })).resolves.toMatchObject({
        lastLogin: { kind: 'never' },
      });
    },
  );

  it.each<[Switches['lastUsedAnswer'], string]>([
    ['no', 'at'],
    ['text', 'unreadable'],
    ['future', 'unreadable'],
    ['no-object', 'unreadable'],
  ])('a used key, answer spoilt: %s', async (lastUsedAnswer, kind) => {
    local.switches.lastUsedAnswer = lastUsedAnswer;
    const alice = newUser('alice');
    const { accessKeyId } = account.createKey('alice', { lastUsed: ago(2).toMillis(), service: 'Oss' });
    const lastUse = await cloud.ims.accessKeyLastUsed(alice.principalName, accessKeyId);
    expect(lastUse.kind).toBe(kind);
    if (lastUse.kind === 'at') expect(lastUse).toEqual({ kind, at: ago(2), service: 'Oss' });
  });

  it('tags', async () => {
    const alice = newUser('alice');
    await cloud.ims.tag(alice.id, { 'keyturn:intent': 'LTAI/1', b: '' });
    await cloud.ims.tag(alice.id, { b: '2' });
    await expect(cloud.ims.listTags(alice.id)).resolves.toEqual(
      new Map([
        ['keyturn:intent', 'LTAI/1'],
        ['b', '2'],
      ]),
    );
    await cloud.ims.untag(alice.id, ['b']);
    await cloud.ims.untag(alice.id, ['b']);
    await expect(cloud.ims.listTags(alice.id)).resolves.toEqual(new Map([['keyturn:intent', 'LTAI/1']]));
  });

  it('console logon', async () => {
    const alice = newUser('alice', { consoleLogin: true });
    const bob = newUser('bob');
    const profile = await cloud.ims.getLoginProfile(alice.principalName);
    expect(profile).toMatchObject({ status: 'Active', lastLogin: { kind: 'never' } });
    await cloud.ims.setLoginStatus(alice.principalName, 'Inactive', profile);
    await expect(cloud.ims.getLoginProfile(alice.principalName)).resolves.toMatchObject({
      status: 'Inactive',
    });
    expect(local.calls.find((call) => call.action === 'UpdateLoginProfile')?.params).toMatchObject({
      Status: 'Inactive',
      MFABindRequired: String(profile?.mfaBindRequired),
      PasswordResetRequired: String(profile?.passwordResetRequired),
    });
    await expect(cloud.ims.getLoginProfile(bob.principalName)).resolves.toBeUndefined();
  });

  it('recycle bin', async () => {
    const alice = newUser('alice');
    const { accessKeyId } = account.createKey('alice', { createdAt: ago(90).toMillis() });
    await cloud.ram.deleteAccessKey('alice', accessKeyId);
    await expect(cloud.ims.listAccessKeysInRecycleBin(alice.id)).resolves.toEqual([
      { id: accessKeyId, createdAt: ago(90), recycledAt: NOW },
    ]);
    await cloud.ims.restoreAccessKey(alice.id, accessKeyId);
    await expect(cloud.ram.listAccessKeys('alice')).resolves.toMatchObject([{ id: accessKeyId }]);

    await cloud.ram.deleteAccessKey('alice', accessKeyId);
    await cloud.ram.deleteUser('alice');
    await cloud.ims.restoreUser(alice.id);
    await expect(cloud.ram.getUser('alice')).resolves.toMatchObject({ id: alice.id });
  });

  it('credential report', async () => {
    newUser('alice');
    await expect(cloud.ims.generateCredentialReport()).resolves.toMatch(/STARTED|COMPLETED/);
    const report = await cloud.ims.getCredentialReport();
    expect(report.generatedAt.equals(NOW)).toBe(true);
    expect(report.pages.join('\n')).toContain(`alice@${account.domain}`);
    await expect(open('plan').ims.generateCredentialReport()).rejects.toBeInstanceOf(PlanModeError);
  });

  it('network policy of a key', async () => {
    const alice = newUser('alice');
    const policy = '{"Version":1,"Status":"Active","Statements":[]}';
    const { accessKeyId: from } = account.createKey('alice', { networkPolicy: policy });
    const { accessKeyId: to } = account.createKey('alice');
    await expect(cloud.ims.getAccessKeyPolicy(alice.principalName, from)).resolves.toEqual({
      kind: 'policy',
      text: policy,
    });
    await expect(cloud.ims.getAccessKeyPolicy(alice.principalName, to)).resolves.toEqual({ kind: 'none' });
    await cloud.ims.setAccessKeyPolicy(alice.principalName, to, policy);
    await expect(cloud.ims.getAccessKeyPolicy(alice.principalName, to)).resolves.toEqual({
      kind: 'policy',
      text: policy,
    });
    local.switches.accessKeyPolicyKnown = false;
    await expect(cloud.ims.getAccessKeyPolicy(alice.principalName, from)).resolves.toEqual({
      kind: 'unknown',
    });
  });

  it.each([
    ['the empty document', { AccessKeyPolicy: '{}' }],
    ['no document', {}],
  ])('%s is no network policy', async (_, answer) => {
    local.faults.add({
      match: (call) => call.action === 'GetAccessKeyPolicy',
      kind: 'answer',
      body: JSON.stringify({ RequestId: 'A1', AccessKeyId: 'LTAI', ...answer }),
    });
    await expect(cloud.ims.getAccessKeyPolicy('a@b', 'LTAI')).resolves.toEqual({ kind: 'none' });
  });

  it.each([
    ['EntityNotExist.AccessKeyPolicy', { kind: 'none' }],
    ['InvalidAction.NotFound', { kind: 'unknown' }],
  ])('%s says what there is of a network policy', async (code, policy) => {
    local.faults.add({ match: () => true, kind: 'error', status: 404, code });
    await expect(cloud.ims.getAccessKeyPolicy('a@b', 'LTAI')).resolves.toEqual(policy);
  });

  it('a network policy that cannot be understood is an error, and none without a Status is sent', async () => {
    local.faults.add({
      match: () => true,
      kind: 'answer',
      body: JSON.stringify({ RequestId: 'A1', AccessKeyPolicy: '{"Statements":[]}' }),
    });
    await expect(cloud.ims.getAccessKeyPolicy('a@b', 'LTAI')).rejects.toMatchObject({
      code: 'UnreadableAnswer',
      outcome: 'unknown',
    });
    const before = local.calls.length;
    await expect(cloud.ims.setAccessKeyPolicy('a@b', 'LTAI', '{}')).rejects.toMatchObject({
      outcome: 'refused',
      retryable: false,
    });
    expect(local.calls).toHaveLength(before);
  });

  it('security preference', async () => {
    await expect(cloud.ims.getSecurityPreference()).resolves.toEqual({
      maxIdleDaysForAccessKeys: account.preference.maxIdleDaysForAccessKeys,
      maxIdleDaysForUsers: account.preference.maxIdleDaysForUsers,
      allowUserToManageAccessKeys: account.preference.allowUserToManageAccessKeys,
    });
  });
});

describe('KMS', () => {
  const NAME = 'keyturn/alice';
  const pairOf = (n: number) => ({ keyId: `LTAI5tPair${n}`, secret: new Secret(`secret-${n}`) });
  const stagesOf = async () =>
    Object.fromEntries(((await cloud.kms.listVersions(NAME)) ?? []).map((v) => [v.id, [...v.stages].sort()]));

  it('a secret from its making to its second version', async () => {
    await expect(cloud.kms.listVersions(NAME)).resolves.toBeUndefined();
    await expect(cloud.kms.describeSecret(NAME)).resolves.toBeUndefined();
    await cloud.kms.createSecret({ name: NAME, versionId: 'LTAI5tPair1', pair: pairOf(1), tags: { a: '1' } });
    await cloud.kms.createSecret({ name: NAME, versionId: 'LTAI5tPair1', pair: pairOf(1) });
    await expect(cloud.kms.describeSecret(NAME)).resolves.toMatchObject({
      type: 'Generic',
      plannedDeleteAt: undefined,
      tags: new Map([['a', '1']]),
    });

    const standby = { name: NAME, versionId: 'LTAI5tPair2', pair: pairOf(2), stages: ['KeyturnStandby'] };
    await cloud.kms.putSecretValue(standby);
    await cloud.kms.putSecretValue(standby);
    expect(await stagesOf()).toEqual({ LTAI5tPair1: ['ACSCurrent'], LTAI5tPair2: ['KeyturnStandby'] });
    const read = await cloud.kms.readPair(NAME, { stage: 'KeyturnStandby' });
    expect([read.keyId, revealSecret(read.secret), read.generatedAt?.equals(NOW)]).toEqual([
      'LTAI5tPair2',
      'secret-2',
      true,
    ]);

    const promotion = { name: NAME, stage: 'ACSCurrent', to: 'LTAI5tPair2', from: 'LTAI5tPair1' };
    await cloud.kms.moveStage(promotion);
    await cloud.kms.moveStage(promotion);
    const removal = { name: NAME, stage: 'KeyturnStandby', from: 'LTAI5tPair2' };
    await cloud.kms.removeStage(removal);
    await cloud.kms.removeStage(removal);
    expect(await stagesOf()).toEqual({ LTAI5tPair1: ['ACSPrevious'], LTAI5tPair2: ['ACSCurrent'] });
    await expect(cloud.kms.readPair(NAME, { stage: 'ACSCurrent' })).resolves.toMatchObject({
      keyId: 'LTAI5tPair2',
    });
  });

  it.each(['CreateSecret', 'PutSecretValue', 'UpdateSecretVersionStage'])(
    'an answer to %s that gets lost',
    async (action) => {
      local.faults.add({ kind: 'drop-after', match: (call) => call.action === action });
      await cloud.kms.createSecret({ name: NAME, versionId: 'LTAI5tPair1', pair: pairOf(1) });
      await cloud.kms.putSecretValue({
        name: NAME,
        versionId: 'LTAI5tPair2',
        pair: pairOf(2),
        stages: ['S'],
      });
      await cloud.kms.moveStage({ name: NAME, stage: 'ACSCurrent', to: 'LTAI5tPair2', from: 'LTAI5tPair1' });
      expect((await stagesOf()).LTAI5tPair2).toEqual(['ACSCurrent', 'S']);
    },
  );

  it('does not move a stage away from a version that no longer holds it', async () => {
    await cloud.kms.createSecret({ name: NAME, versionId: 'LTAI5tPair1', pair: pairOf(1) });
    for (const n of [2, 3]) {
      await cloud.kms.putSecretValue({
        name: NAME,
        versionId: `LTAI5tPair${n}`,
        pair: pairOf(n),
        stages: [`S${n}`],
      });
    }
    await cloud.kms.moveStage({ name: NAME, stage: 'ACSCurrent', to: 'LTAI5tPair2', from: 'LTAI5tPair1' });
    await expect(
      cloud.kms.moveStage({ name: NAME, stage: 'ACSCurrent', to: 'LTAI5tPair3', from: 'LTAI5tPair1' }),
    ).rejects.toMatchObject({ outcome: 'refused' });
    expect((await stagesOf()).LTAI5tPair2).toContain('ACSCurrent');
  });

  it('tags of a secret', async () => {
    await cloud.kms.createSecret({ name: NAME, versionId: 'LTAI5tPair1', pair: pairOf(1) });
    await cloud.kms.tagSecret(NAME, { disabled: '2026-11-23' });
    expect((await cloud.kms.describeSecret(NAME))?.tags).toEqual(new Map([['disabled', '2026-11-23']]));
    await cloud.kms.untagSecret(NAME, ['disabled']);
    expect((await cloud.kms.describeSecret(NAME))?.tags).toEqual(new Map());
  });

  it('users whose keys KMS rotates, over all pages', async () => {
    for (let i = 0; i < 130; i++) {
      account.createSecret(`acs/ram/user/u-${i}`, 'v1', '{}', { type: 'RAMCredentials' });
    }
    account.createSecret('keyturn/u-1', 'v1', '{}');
    expect((await cloud.kms.listRamCredentialSecrets()).size).toBe(130);
    await expect(cloud.kms.isKmsManaged('u-7')).resolves.toBe(true);
    await expect(cloud.kms.isKmsManaged('u')).resolves.toBe(false);
  });
});

describe('STS', () => {
  it('tells who calls', async () => {
    await expect(cloud.sts.callerIdentity()).resolves.toMatchObject({
      accountId: account.id,
      type: 'AssumedRoleUser',
    });
  });

  it('assumes a role', async () => {
    account.createRole('member', {
      policies: [EVERYTHING],
      trust: {
        Version: '1',
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [`acs:ram::${account.id}:root`] } },
        ],
      },
    });
    const assumed = await cloud.sts.assumeRole({
      roleArn: `acs:ram::${account.id}:role/member`,
      sessionName: 'keyturn',
      durationSeconds: 900,
    });
    expect(assumed.expiresAt.equals(NOW.plus({ seconds: 900 }))).toBe(true);
    const member = openCloud({
      account: account.id,
      region: local.region,
      credentials: assumed,
      endpoints: endpointsAt(local.endpoint),
      gate: cloud.gate,
    });
    await expect(member.sts.callerIdentity()).resolves.toMatchObject({
      arn: expect.stringContaining('member/keyturn'),
    });
  });
});

describe('mode plan', () => {
  it('sends no write of any product', async () => {
    const plan = open('plan');
    const alice = newUser('alice');
    const pair = { keyId: 'LTAI', secret: new Secret('x') };
    const writes = [
      plan.ram.createAccessKey('alice'),
      plan.ram.setAccessKeyStatus('alice', 'LTAI', 'Inactive'),
      plan.ram.deleteAccessKey('alice', 'LTAI'),
      plan.ram.deleteUser('alice'),
      plan.ims.tag(alice.id, { a: '1' }),
      plan.ims.untag(alice.id, ['a']),
      plan.ims.setLoginStatus(alice.principalName, 'Inactive'),
      plan.ims.setAccessKeyPolicy(alice.principalName, 'LTAI', '{"Status":"Inactive","Statements":[]}'),
      plan.kms.createSecret({ name: 'k', versionId: 'LTAI', pair }),
      plan.kms.putSecretValue({ name: 'k', versionId: 'LTAI', pair }),
      plan.kms.moveStage({ name: 'k', stage: 'ACSCurrent', to: 'a', from: 'b' }),
      plan.kms.tagSecret('k', { a: '1' }),
    ];
    for (const result of await Promise.allSettled(writes)) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(PlanModeError) });
    }
    expect(local.calls).toEqual([]);
    await expect(plan.ims.listUsers()).resolves.toHaveLength(1);
    expect(local.calls.every((call) => !call.write)).toBe(true);
  });
});
