import { DateTime } from 'luxon';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { holdUser, releaseUser } from '../../src/rotation/hold';
import { RotationFixture } from '../support/rotation-fixture';
import { now } from './user';

let fixture: RotationFixture;
const user = 'svc';

beforeEach(async () => {
  fixture = await RotationFixture.open({ rotation: { users: { names: [user] } } });
  fixture.account.createUser(user);
});
afterEach(() => fixture.close());

const until = DateTime.utc(2027, 6, 30, 12);
const writes = () => fixture.cloud.calls.filter(({ write, executed }) => write && executed);
const tags = () => fixture.account.user(user).tags;
const tag = (key: string, value: string) =>
  fixture.account.tagUser(fixture.account.user(user), [[key, value]]);
const reason = async () => (await fixture.run()).report.users[0]?.reason;

const hold = async (end?: DateTime, name = user) => holdUser(await fixture.operator(), name, end);
const release = async (name = user) => releaseUser(await fixture.operator(), fixture.clock, name);

describe('a hold', () => {
  test('keeps rotation away until it is released', async () => {
    expect(await hold()).toEqual({
      account: fixture.account.id,
      user,
      reason: 'OnHold',
      message:
        'User svc is on hold until it is released: rotation leaves its keys as they are. `keyturn release svc` ends it.',
    });
    expect(await reason()).toBe('OnHold');
    expect(fixture.keys(user)).toEqual({});
    expect(await release()).toMatchObject({
      reason: 'Released',
      message: 'User svc is released: the next run goes on with it.',
    });
    expect(await reason()).toBe('FirstKey');
  });

  test('ends by itself, where it has an end', async () => {
    expect((await hold(now.plus({ days: 1 }))).message).toContain('until 2026-11-24T03:00:00Z');
    expect(await reason()).toBe('OnHold');
    fixture.advance('P1D');
    expect(await reason()).toBe('FirstKey');
    expect((await release()).message).toContain('(its hold was over)');
  });

  test('said again, the last word counts', async () => {
    await hold(until);
    expect(tags().get('keyturn:hold')).toBe('20270630T120000Z');
    await hold();
    expect(tags().get('keyturn:hold')).toBe('open');
  });

  test('says that what is begun is finished all the same', async () => {
    tag('keyturn:emergency', 'contain/LTAI5tAbCdEf/20261123T030000Z');
    expect((await hold()).message).toContain('that is under way is finished all the same');
  });

  test('that cannot be written is refused; one that is there can be changed', async () => {
    for (let n = 1; n <= 19; n++) tag(`tag${n}`, 'x');
    expect(await hold()).toMatchObject({ reason: 'OnHold' });
    expect(await hold(until)).toMatchObject({ reason: 'OnHold' });
    await release();
    tag('tag20', 'x');
    const before = writes().length;
    expect(await hold()).toMatchObject({ reason: 'NoRoomForTags', error: { code: 'NoRoomForTags' } });
    expect(writes()).toHaveLength(before);
  });
});

describe('a release', () => {
  test('of a user who is not on hold writes nothing', async () => {
    expect(await release()).toMatchObject({ reason: 'NotOnHold', message: 'User svc is not on hold.' });
    expect(writes()).toEqual([]);
  });

  test('waits for a rollback, which only a run can finish', async () => {
    await hold();
    tag('keyturn:rollback', 'LTAI5tNew/LTAI5tOld/20261123T030000Z');
    const { reason, message, error } = await release();
    expect(reason).toBe('RollbackUnfinished');
    expect(message).toContain('`keyturn rotate --user');
    expect(error).toBeDefined();
    expect([...tags().keys()].sort()).toEqual(['keyturn:hold', 'keyturn:rollback']);
  });

  test('takes away a hold that cannot be read', async () => {
    tag('keyturn:hold', 'for ever');
    expect(await release()).toMatchObject({ reason: 'Released' });
    expect([...tags().keys()]).toEqual([]);
  });

  test('ends the pause after a key that could not be stored', async () => {
    tag('keyturn:refused', '2/20261123T030000Z/Forbidden.NoPermission');
    expect(await release()).toMatchObject({ reason: 'Released' });
    expect([...tags().keys()]).toEqual([]);
  });

  test('leaves all other tags', async () => {
    tag('team', 'orders');
    await hold();
    await release();
    expect([...tags().keys()]).toEqual(['team']);
  });
});

describe('in mode plan nothing is written', () => {
  test('by a hold', async () => {
    expect(await holdUser(await fixture.operator('plan'), user, until)).toMatchObject({ reason: 'OnHold' });
    expect(writes()).toEqual([]);
  });

  test('by a release', async () => {
    tag('keyturn:hold', 'open');
    const released = await releaseUser(await fixture.operator('plan'), fixture.clock, user);
    expect(released).toMatchObject({ reason: 'Released' });
    expect(writes()).toEqual([]);
  });
});

test.each([
  ['hold', () => hold(undefined, 'nobody')],
  ['release', () => release('nobody')],
])('%s: a user who does not exist is told', async (_, wish) => {
  expect(await wish()).toMatchObject({ reason: 'UserNotFound', error: { code: 'UserNotFound' } });
  expect(writes()).toEqual([]);
});
