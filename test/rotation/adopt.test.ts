import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Pair } from '../../packages/local-alibaba-cloud/index';
import type { Mode } from '../../src/cloud/gate';
import { Secret } from '../../src/cloud/secret';
import { type Adoption, adoptKey } from '../../src/rotation/adopt';
import { RotationFixture } from '../support/rotation-fixture';

let fixture: RotationFixture;
const user = 'svc';
const secretName = `keyturn/${user}`;

beforeEach(async () => {
  fixture = await RotationFixture.open({ rotation: { users: { names: [user] } } });
  fixture.account.createUser(user);
});
afterEach(() => fixture.close());

const writes = () => fixture.cloud.calls.filter(({ write, executed }) => write && executed);
const tags = () => fixture.account.user(user).tags;
const tag = (key: string, value: string) =>
  fixture.account.tagUser(fixture.account.user(user), [[key, value]]);
const run = async () => (await fixture.run()).report.users[0];
const textOf = ({ accessKeyId, accessKeySecret }: Pair) =>
  JSON.stringify({ AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret });
const store = (pair: Pair, versionId = pair.accessKeyId) =>
  fixture.account.createSecret(secretName, versionId, textOf(pair));

async function adopt(
  pair: Pair,
  { mode = 'enforce', userName = user }: { mode?: Mode; userName?: string } = {},
) {
  const { config } = fixture.opening(mode);
  return adoptKey({
    cloud: await fixture.operator(mode),
    clock: fixture.clock,
    rotation: config.rotation,
    userName,
    pair: { keyId: pair.accessKeyId, secret: new Secret(pair.accessKeySecret) },
  });
}

const did = ({ actions }: Adoption) => actions.map(({ action, outcome }) => `${action} ${outcome}`);

describe('a key', () => {
  test('is proven, stored and recorded, and the first rotation hands over as any other', async () => {
    const pair = fixture.account.createKey(user);
    const adopted = await adopt(pair);
    expect(adopted).toMatchObject({ account: fixture.account.id, user, reason: 'Adopted' });
    expect(adopted.error).toBeUndefined();
    expect(did(adopted)).toEqual(['ProveKey done', 'StoreSecret done']);
    expect(fixture.stages(user)).toEqual({ ACSCurrent: pair.accessKeyId });
    const stored = fixture.account.secret(secretName)?.versions.get(pair.accessKeyId)?.data ?? '';
    expect(JSON.parse(stored)).toEqual({
      AccessKeyId: pair.accessKeyId,
      AccessKeySecret: pair.accessKeySecret,
      GenerateTimestamp: '2026-11-23T03:00:00Z',
    });
    expect([...tags()].sort()).toEqual([
      ['keyturn:current', `${pair.accessKeyId}/adopted/20261123T030000Z`],
      ['keyturn:user', user],
    ]);
    expect(await run()).toMatchObject({ reason: 'Current', actions: [] });
    fixture.advance('P90D');
    expect(await run()).toMatchObject({ reason: 'Due' });
    expect(fixture.stages(user)).toMatchObject({ ACSPrevious: pair.accessKeyId });
    expect(fixture.keys(user)[pair.accessKeyId]).toBe('Active');
  });

  test('is adopted once', async () => {
    const pair = fixture.account.createKey(user);
    await adopt(pair);
    const before = writes().length;
    const again = await adopt(pair);
    expect(again).toMatchObject({ reason: 'AlreadyAdopted', actions: [] });
    expect(again.error).toBeUndefined();
    expect(writes()).toHaveLength(before);
  });

  test('in a secret that a person made is recorded as it lies there', async () => {
    const pair = fixture.account.createKey(user);
    store(pair, 'v1');
    expect(did(await adopt(pair))).toEqual(['ProveKey done']);
    expect(fixture.stages(user)).toEqual({ ACSCurrent: 'v1' });
    expect(tags().get('keyturn:current')).toContain('/adopted/');
  });

  test('that was stored by a run which was stopped is adopted by the same again', async () => {
    const pair = fixture.account.createKey(user);
    const failing = fixture.cloud.faults.add({
      match: ({ action, params }) =>
        action === 'TagResources' && Object.values(params).includes('keyturn:current'),
      kind: 'error',
      status: 403,
      code: 'NoPermission',
    });
    await expect(adopt(pair)).rejects.toMatchObject({ code: 'NoPermission' });
    expect(failing.hits).toBe(1);
    expect([...tags().keys()]).toEqual([]);
    expect(await adopt(pair)).toMatchObject({ reason: 'Adopted' });
  });

  test('that was stored and not recorded is adopted by the next run all the same', async () => {
    const pair = fixture.account.createKey(user);
    store(pair);
    await run();
    expect(tags().get('keyturn:current')).toContain(`${pair.accessKeyId}/adopted/`);
    expect(fixture.keys(user)).toEqual({ [pair.accessKeyId]: 'Active' });
  });
});

test('a plan of it writes nothing', async () => {
  const pair = fixture.account.createKey(user);
  const adoption = await adopt(pair, { mode: 'plan' });
  expect(did(adoption)).toEqual(['ProveKey planned', 'StoreSecret planned']);
  expect(writes()).toEqual([]);
});

test('a pair that does not sign is not stored', async () => {
  const { accessKeyId } = fixture.account.createKey(user);
  const wrong = { accessKeyId, accessKeySecret: 'AnotherSecretAnotherSecret1234' };
  const adoption = await adopt(wrong);
  expect(adoption).toMatchObject({
    reason: 'Refused',
    message: `Key ${accessKeyId} does not sign as user svc with the AccessKeySecret given: check both halves. Nothing was changed.`,
    actions: [],
    error: { code: 'KeyNotProven' },
  });
  expect(writes()).toEqual([]);
});

describe('is refused, and nothing is written', () => {
  const refused = async (code: string, pair: Pair, userName = user) => {
    const before = writes().length;
    const adoption = await adopt(pair, { userName });
    expect(adoption).toMatchObject({ reason: 'Refused', actions: [], error: { code } });
    expect(adoption.message).toContain('Nothing was changed.');
    expect(adoption.message).not.toContain(pair.accessKeySecret);
    expect(writes()).toHaveLength(before);
  };

  test('a user who does not exist', async () => {
    await refused('UserNotFound', fixture.account.createKey(user), 'nobody');
  });

  test('a key of another user', async () => {
    fixture.account.createUser('other');
    await refused('UnknownKey', fixture.account.createKey('other'));
  });

  test('a disabled key', async () => {
    await refused('KeyDisabled', fixture.account.createKey(user, { status: 'Inactive' }));
  });

  test('a secret of another key', async () => {
    store(fixture.account.createKey(user));
    await refused('SecretOfAnotherKey', fixture.account.createKey(user));
  });

  test('a secret with another AccessKeySecret', async () => {
    const pair = fixture.account.createKey(user);
    store({ ...pair, accessKeySecret: 'AnotherSecretAnotherSecret1234' });
    await refused('SecretDiffers', pair);
  });

  test('a secret that is no pair', async () => {
    fixture.account.createSecret(secretName, 'v1', 'hunter2');
    await refused('SecretUnusable', fixture.account.createKey(user));
  });

  test('a user of KMS', async () => {
    fixture.account.createSecret(`acs/ram/user/${user}`, 'v1', '{}', { type: 'RAMCredentials' });
    await refused('ManagedByKms', fixture.account.createKey(user));
  });

  test.each([
    ['a record that cannot be read', 'keyturn:current', 'garbled', 'RecordUnreadable'],
    ['an emergency', 'keyturn:emergency', 'contain/LTAI5tAbCdEf/20261123T030000Z', 'Unfinished'],
    ['a rollback', 'keyturn:rollback', 'LTAI5tNew/LTAI5tOld/20261123T030000Z', 'Unfinished'],
    ['inactivity', 'keyturn:inactive', '20261123T030000Z', 'DisabledForInactivity'],
  ])('%s', async (_, key, value, code) => {
    tag(key, value);
    await refused(code, fixture.account.createKey(user));
  });

  test('a user without room for tags', async () => {
    for (let n = 1; n <= 16; n++) tag(`tag${n}`, 'x');
    await refused('NoRoomForTags', fixture.account.createKey(user));
  });
});

describe('under the claim it is looked once more', () => {
  /** What another run does as soon as ours has proven the pair. */
  function meanwhile(happens: () => void): void {
    let claimed = false;
    fixture.cloud.faults.add({
      match: ({ action }) => {
        if (action === 'TagResources' && !claimed) {
          claimed = true;
          happens();
        }
        return false;
      },
      kind: 'drop-before',
    });
  }

  test('a secret that was made meanwhile', async () => {
    const [pair, other] = [fixture.account.createKey(user), fixture.account.createKey(user)];
    meanwhile(() => store(other));
    expect(await adopt(pair)).toMatchObject({ error: { code: 'SecretOfAnotherKey' } });
    expect([...tags().keys()]).toEqual([]);
  });

  test('the same pair, stored meanwhile', async () => {
    const pair = fixture.account.createKey(user);
    meanwhile(() => store(pair));
    expect(await adopt(pair)).toMatchObject({ error: { code: 'ChangedMeanwhile' } });
    expect([...tags().keys()]).toEqual([]);
  });

  test('an emergency', async () => {
    const pair = fixture.account.createKey(user);
    meanwhile(() => tag('keyturn:emergency', `contain/${pair.accessKeyId}/20261123T030000Z`));
    expect(await adopt(pair)).toMatchObject({ error: { code: 'Unfinished' } });
    expect([...tags().keys()]).toEqual(['keyturn:emergency']);
  });

  test('an emergency at work', async () => {
    const pair = fixture.account.createKey(user);
    tag('keyturn:run:other', 'emergency/20261123T040000Z');
    expect(await adopt(pair)).toMatchObject({ error: { code: 'Busy' } });
    expect([...tags().keys()]).toEqual(['keyturn:run:other']);
  });

  test('a run that was stopped is waited for until its lease is over', async () => {
    const pair = fixture.account.createKey(user);
    tag('keyturn:run:other', 'timer/20261123T040000Z');
    const before = fixture.now;
    expect(await adopt(pair)).toMatchObject({ reason: 'Adopted' });
    expect(fixture.now.diff(before).as('seconds')).toBeGreaterThanOrEqual(40);
  });
});
