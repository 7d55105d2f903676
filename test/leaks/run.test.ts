import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../packages/local-alibaba-cloud/src/faults';
import { policyFor } from '../e2e/stage';
import { House, only, user } from './house';

let house: House;
beforeEach(async () => {
  house = await House.open();
});
afterEach(() => house.close());

const hour = 3_600_000;

async function managedKey(): Promise<string> {
  house.account.createUser(user);
  await house.rotate();
  return house.current;
}

/** Calls fail until this is removed. */
const failing = (match: Fault['match'], status: number, code: string) =>
  house.cloud.faults.add({ match, kind: 'error', status, code, times: Number.POSITIVE_INFINITY });

describe('replace', () => {
  test("a managed user's current key: a successor, the leaked one dead, the finding handled, and people told", async () => {
    const leaked = await managedKey();
    house.account.leak(leaked);
    const since = house.told.length;
    const ran = await house.run();
    expect(ran.error).toBeUndefined();
    expect(only(ran)).toMatchObject({ user, reason: 'LeakReplaced' });
    expect(house.status(leaked)).toBe('Inactive');
    expect(house.status(house.current)).toBe('Active');
    expect(house.current).not.toBe(leaked);
    expect(house.findings).toEqual(['manual']);
    expect(house.account.leaks[0]?.remark).toContain(house.current);
    expect(house.toldTypes(since)).toEqual(['accesskey.rotated', 'leak.replaced']);
    expect(house.told.at(-1)).toMatchObject({
      subject: user,
      data: {
        keyId: leaked,
        newKeyId: house.current,
        secretName: `keyturn/${user}`,
        findings: 1,
        places: [
          {
            finding: '389357',
            foundAt: '2026-11-23T03:00:00Z',
            platform: 'GitHub',
            repository: 'someone/shop',
            file: 'config/application.yml',
            url: expect.stringContaining('https://github.com/someone/shop/'),
          },
        ],
      },
    });
  });

  test('a second run has nothing to do, and later runs of rotate-keys go on', async () => {
    house.account.leak(await managedKey());
    await house.run();
    const writes = house.writes.length;
    const again = await house.run();
    expect(again.report.users).toEqual([]);
    expect(house.writes).toHaveLength(writes);
    house.stage.advance('P1D');
    const rotated = await house.rotate();
    expect(rotated.error).toBeUndefined();
    expect(rotated.report.users[0]?.reason).toBe('InRecovery');
  });

  test('an old key in its grace is disabled, and the current one stays', async () => {
    const old = await managedKey();
    house.stage.advance('P90D');
    await house.rotate();
    const current = house.current;
    house.account.leak(old);
    expect(only(await house.run()).reason).toBe('LeakReplaced');
    expect([house.status(old), house.status(current)]).toEqual(['Inactive', 'Active']);
    expect(house.current).toBe(current);
    expect(house.told.at(-1)?.data).toMatchObject({ keyId: old, newKeyId: current });
  });

  test('where KMS rotates the user, nothing is issued and the key dies all the same', async () => {
    const leaked = house.key();
    house.account.createSecret(`acs/ram/user/${user}`, 'v1', '{}', { type: 'RAMCredentials' });
    house.account.leak(leaked);
    const ran = await house.run();
    expect(house.status(leaked)).toBe('Inactive');
    expect(house.findings).toEqual(['manual']);
    expect(only(ran).error?.code).toBe('ManagedByKms');
    expect(ran.error).toBeDefined();
    expect(house.toldTypes()).toEqual(['leak.contained', 'run.failed']);
  });

  test('while KMS is down, the next run tries again; the finding stays pending', async () => {
    const leaked = await managedKey();
    house.account.leak(leaked);
    const down = failing(({ product }) => product === 'kms', 503, 'ServiceUnavailableTemporary');
    const ran = await house.run();
    expect(ran.error).toBeDefined();
    expect(house.findings).toEqual(['pending']);
    expect(house.toldTypes(1)).toContain('leak.found');
    down.remove();
    house.stage.advance('PT5M');
    const next = await house.run();
    expect(next.error).toBeUndefined();
    expect(house.status(leaked)).toBe('Inactive');
    expect(house.findings).toEqual(['manual']);
    expect(house.told.at(-1)?.type).toBe('keyturn.leak.replaced');
  });

  test('a run that fails every five minutes calls people once a day, and again when it fails otherwise', async () => {
    const leaked = await managedKey();
    house.account.leak(leaked);
    const alarms = () => house.toldTypes().filter((type) => type === 'run.failed').length;
    const down = failing(({ product }) => product === 'kms', 503, 'ServiceUnavailableTemporary');
    for (let run = 0; run < 4; run++) {
      expect((await house.run()).error).toBeDefined();
      house.stage.advance('PT5M');
    }
    expect(alarms()).toBe(1);
    down.remove();
    const denied = failing(({ product }) => product === 'kms', 403, 'Forbidden.NoPermission');
    expect((await house.run()).error).toBeDefined();
    expect(alarms()).toBe(2);
    house.stage.advance('P1D');
    expect((await house.run()).error).toBeDefined();
    expect(alarms()).toBe(3);
    denied.remove();
  });

  test('a key of a user whom keyturn does not manage: only reported, or only disabled where `users: all`', async () => {
    const leaked = house.key('alice');
    house.account.leak(leaked);
    expect(only(await house.run()).reason).toBe('LeakNotManaged');
    expect([house.status(leaked), ...house.findings]).toEqual(['Active', 'pending']);
    const config = { ...house.stage.config, leaks: { action: 'replace', users: 'all' } };
    expect(only(await house.run({}, { config })).reason).toBe('LeakContained');
    expect([house.status(leaked), ...house.findings]).toEqual(['Inactive', 'manual']);
    expect(Object.keys(house.stage.keys('alice'))).toEqual([leaked]);
    expect(house.toldTypes()).toEqual(['leak.found', 'leak.contained']);
  });
});

describe('contain', () => {
  beforeEach(() => {
    house.stage.config = { ...house.stage.config, leaks: { action: 'contain' } };
  });

  test('disables the key and issues nothing; rotate-keys issues a successor', async () => {
    const leaked = await managedKey();
    house.account.leak(leaked);
    const ran = await house.run();
    expect(ran.error).toBeUndefined();
    expect(house.stage.keys(user)).toEqual({ [leaked]: 'Inactive' });
    expect(house.findings).toEqual(['manual']);
    expect(house.toldTypes(1)).toEqual(['leak.contained']);
    house.stage.advance('P1D');
    await house.rotate();
    expect(house.status(house.current)).toBe('Active');
  });

  test('a channel that is not told of leaks still hears of the containment', async () => {
    const [channel] = house.stage.config.notify as object[];
    house.stage.config = { ...house.stage.config, notify: [{ ...channel, events: ['*.accesskey.*'] }] };
    house.account.leak(house.key());
    await house.run();
    expect(house.toldTypes()).toEqual(['accesskey.contained']);
    expect(house.findings).toEqual(['manual']);
  });

  test('also with KMS down', async () => {
    const leaked = await managedKey();
    house.account.leak(leaked);
    failing(({ product }) => product === 'kms', 503, 'ServiceUnavailableTemporary');
    expect((await house.run()).error).toBeUndefined();
    expect(house.status(leaked)).toBe('Inactive');
  });
});

describe('report', () => {
  beforeEach(() => {
    house.stage.config = { ...house.stage.config, leaks: {} };
  });

  test('touches no key and marks nothing; tells once a day', async () => {
    const leaked = house.key();
    house.account.leak(leaked);
    for (let minutes = 0; minutes < 26 * 60; minutes += 65) {
      expect((await house.run()).error).toBeUndefined();
      house.stage.advance('PT65M');
      house.coldStart();
    }
    expect([house.status(leaked), ...house.findings]).toEqual(['Active', 'pending']);
    expect(house.toldTypes()).toEqual(['leak.found', 'leak.found']);
    expect(new Set(house.told.map(({ id }) => id)).size).toBe(2);
    expect(new Set(house.writes)).toEqual(new Set(['TagResources']));
  });

  test('of two keys of a user each is told once', async () => {
    house.account.leak(house.key());
    house.account.leak(house.key());
    for (let run = 0; run < 3; run++) {
      await house.run();
      house.stage.advance('PT5M');
    }
    expect(house.toldTypes()).toEqual(['leak.found', 'leak.found']);
  });

  test('a dead key is left to a person to mark, and nobody is alarmed', async () => {
    const leaked = house.key();
    const key = house.account.key(house.account.user(user), leaked);
    house.account.setKeyStatus(key, 'Inactive');
    house.account.leak(leaked);
    expect(only(await house.run()).reason).toBe('LeakedKeyDisabled');
    expect(house.findings).toEqual(['pending']);
    expect(house.told).toEqual([]);
  });
});

describe('an exempt user', () => {
  test.each([
    ['by name', { user }],
    ['by group', { group: 'auditors' }],
    ['by tag', { tag: { key: 'keyturn', value: 'exempt' } }],
  ])('%s is only reported, loudly', async (_, rule) => {
    const leaked = house.key();
    house.account.addToGroup(user, 'auditors');
    house.account.tagUser(house.account.user(user), [['keyturn', 'exempt']]);
    house.account.leak(leaked);
    house.stage.config = { ...house.stage.config, exempt: [{ ...rule, reason: 'break glass' }] };
    const ran = await house.run();
    expect(ran.error).toBeUndefined();
    expect(only(ran)).toMatchObject({ reason: 'LeakExempt' });
    expect([house.status(leaked), ...house.findings]).toEqual(['Active', 'pending']);
    expect(house.told).toMatchObject([{ type: 'keyturn.leak.found', data: { exempt: true, keyId: leaked } }]);
    const line = ran.lines.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'leaked AccessKey');
    expect(line).toMatchObject({ level: 'error', keyId: leaked });
  });
});

test('the plan is told, and nothing is written or sent', async () => {
  const leaked = house.key();
  house.account.leak(leaked);
  for (const event of [{ dryRun: true }]) {
    const ran = await house.run(event);
    expect(ran.report.mode).toBe('plan');
    expect(only(ran).actions.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'CreateAccessKey planned',
      'StoreSecret planned',
      'ProveKey planned',
      'DisableAccessKey planned',
      'NotifyConsumers planned',
      'MarkLeakHandled planned',
    ]);
  }
  expect(house.writes).toEqual([]);
  expect(house.told).toEqual([]);
});

describe('findings of all sorts', () => {
  test('the same finding twice, and many about one key, are one response', async () => {
    const leaked = await managedKey();
    for (let fork = 0; fork < 30; fork++) house.account.leak(leaked, { repository: `fork-${fork}/shop` });
    const ran = await house.run();
    expect(only(ran).actions.filter(({ action }) => action === 'MarkLeakHandled')).toHaveLength(30);
    expect(new Set(house.findings)).toEqual(new Set(['manual']));
    expect(house.toldTypes(1)).toEqual(['accesskey.rotated', 'leak.replaced']);
    expect(house.told.at(-1)?.data).toMatchObject({ findings: 30 });
    expect(house.told.at(-1)?.data.places).toHaveLength(10);
  });

  test('both keys of a user', async () => {
    const [one, two] = [house.key(), house.key()];
    house.account.createSecret(
      `keyturn/${user}`,
      'v1',
      JSON.stringify({
        AccessKeyId: one,
        AccessKeySecret: house.cloud.account().user(user).keys.get(one)?.secret,
      }),
    );
    house.account.leak(one);
    house.account.leak(two);
    for (let run = 0; run < 2; run++) {
      await house.run();
      house.stage.advance('PT5M');
    }
    expect([house.status(one), house.status(two)].includes('Active')).toBe(false);
    expect(house.findings).toEqual(['manual', 'manual']);
  });

  test('a key that was deleted: only marked, with a remark that says so', async () => {
    const leaked = house.key();
    house.account.deleteKey(house.account.key(house.account.user(user), leaked));
    house.account.leak(leaked);
    const ran = await house.run();
    expect(only(ran)).toMatchObject({ user: '<unknown>', reason: 'LeakedKeyGone' });
    expect(house.findings).toEqual(['manual']);
    expect(house.account.leaks[0]?.remark).toContain('not a key of any RAM user');
    expect(house.writes).toEqual(['ModifyAccessKeyLeakDeal']);
  });

  test("the account's own key is reported with the remedy, and never marked", async () => {
    const leaked = house.account.rootKey.accessKeyId;
    house.account.leak(leaked);
    const ran = await house.run();
    expect(ran.error).toBeUndefined();
    expect(only(ran)).toMatchObject({ user: '<root>', reason: 'LeakOfAccountKey' });
    house.stage.advance('PT5M');
    await house.run();
    expect(house.findings).toEqual(['pending']);
    expect(house.toldTypes()).toEqual(['leak.found']);
    house.stage.advance('P1D');
    await house.run();
    expect(house.toldTypes()).toEqual(['leak.found', 'leak.found']);
    expect(house.writes).toEqual([]);
  });

  test('a key of another account is reported, and never marked', async () => {
    const other = house.cloud.account('2234567890123456');
    other.createUser('bob');
    const leaked = other.createKey('bob').accessKeyId;
    house.account.leak(leaked);
    expect(only(await house.run())).toMatchObject({ user: '<unknown>', reason: 'LeakOfUnknownKey' });
    expect(house.findings).toEqual(['pending']);
    expect(house.toldTypes()).toEqual(['leak.found']);
    expect(house.writes).toEqual([]);
  });

  test('a key of nobody is not known to be dead where Security Center does not say so', async () => {
    house.cloud.switches.leakValidityTold = false;
    house.account.leak('LTAI5tNobodysKey00000000');
    expect(only(await house.run()).reason).toBe('LeakOfUnknownKey');
    expect(house.findings).toEqual(['pending']);
  });

  test('a finding that names no whole key is reported, one by one', async () => {
    house.cloud.switches.leakKeyIds = 'masked';
    const leaked = house.key();
    house.account.leak(leaked);
    house.account.leak(leaked);
    const ran = await house.run();
    expect(ran.report.users.map(({ reason }) => reason)).toEqual(['LeakUnreadable', 'LeakUnreadable']);
    expect(ran.error).toBeUndefined();
    expect([house.status(leaked), ...house.findings]).toEqual(['Active', 'pending', 'pending']);
  });

  test('a key that cannot be looked at fails alone', async () => {
    const [one, two] = [house.key(), house.key('alice')];
    house.account.leak(one);
    house.account.leak(two);
    house.stage.config = { ...house.stage.config, leaks: { action: 'contain', users: 'all' } };
    failing(
      ({ action, params }) => action === 'GetUser' && params.UserAccessKeyId === one,
      500,
      'InternalError',
    );
    const ran = await house.run();
    expect(ran.error).toBeDefined();
    expect(ran.report.users).toMatchObject([
      { user: '<unknown>', reason: 'Failed', error: { code: 'InternalError' } },
      { user: 'alice', reason: 'LeakContained' },
    ]);
    expect([house.status(one), house.status(two)]).toEqual(['Active', 'Inactive']);
  });

  test('where no channel takes the notice, the finding is marked later; the key is dead at once', async () => {
    const leaked = house.key();
    house.account.leak(leaked);
    const [channel] = house.stage.config.notify as object[];
    const deaf = { ...house.stage.config, notify: [{ ...channel, url: 'http://127.0.0.1:9/hook' }] };
    await house.run({}, { config: { ...deaf, leaks: { action: 'contain' } } });
    expect([house.status(leaked), ...house.findings]).toEqual(['Inactive', 'pending']);
    await house.run();
    expect(house.findings).toEqual(['manual']);
    expect(house.toldTypes()).toEqual(['leak.contained']);
  });

  test.each([
    ['the date is text', { leakDates: 'text' }],
    ['there is no date', { leakDates: 'absent' }],
    ['there is no status', { leakStatus: 'absent' }],
  ] as const)('it is pending all the same where %s', async (_, switches) => {
    Object.assign(house.cloud.switches, switches);
    const leaked = house.key();
    house.account.leak(leaked);
    await house.run();
    expect([house.status(leaked), ...house.findings]).toEqual(['Inactive', 'manual']);
  });

  test('an address is told without login, query and fragment', async () => {
    house.account.leak(house.key(), { url: 'https://u:p4ss@example.com/a/b?token=abc#L1' });
    await house.run();
    expect(house.told.at(-1)?.data.places[0].url).toBe('https://example.com/a/b');
    expect(JSON.stringify([house.told, house.stage.lines, house.account.leaks[0]?.remark])).not.toMatch(
      /p4ss|abc/,
    );
  });

  test('no secret is told, logged or written, though Security Center quotes it', async () => {
    const leaked = house.key();
    const secret = house.account.user(user).keys.get(leaked)?.secret ?? '';
    house.account.leak(leaked);
    await house.run();
    expect(house.account.leaks[0]?.code).toContain(secret);
    expect(JSON.stringify([house.told, house.stage.lines, house.account.leaks[0]?.remark])).not.toContain(
      secret,
    );
  });
});

describe('a hundred findings at once', () => {
  async function flood(users: number): Promise<string[]> {
    return Array.from({ length: users }, (_, at) => {
      const leaked = house.key(`svc-${at}`);
      house.account.leak(leaked);
      return leaked;
    });
  }
  const managed = (limit: number, action = 'replace') => ({
    ...house.stage.config,
    rotation: { users: { group: 'rotated' } },
    leaks: { action, users: 'all' },
    limits: { leakedKeysPerRun: limit, readsPerSecond: 500, writesPerSecond: 200 },
  });

  test('within the limit all are handled in one run, well within its time', async () => {
    const keys = await flood(100);
    const from = house.stage.clock.elapsed();
    const ran = await house.run({}, { config: managed(100) });
    expect(ran.error).toBeUndefined();
    expect(house.stage.clock.elapsed() - from).toBeLessThan(120_000);
    expect(new Set(keys.map((key) => house.status(key)))).toEqual(new Set(['Inactive']));
    expect(new Set(house.findings)).toEqual(new Set(['manual']));
    expect(ran.report.summary.actions).toEqual({ DisableAccessKey: 100, MarkLeakHandled: 100 });
  });

  test('over the limit nothing is disabled, the run is halted, and everybody hears of it', async () => {
    const keys = await flood(21);
    const ran = await house.run({}, { config: managed(20) });
    expect(ran.report.status).toBe('halted');
    expect(ran.report.notes?.join(' ')).toContain('leakedKeysPerRun');
    expect(new Set(keys.map((key) => house.status(key)))).toEqual(new Set(['Active']));
    expect(house.writes).toEqual([]);
    expect(house.toldTypes()).toEqual(['run.halted']);
    expect(house.told[0]?.data).toMatchObject({ due: 21, limit: 20 });
  });

  test('what there is no time for waits for the next run', async () => {
    const keys = await flood(40);
    house.cloud.onCall(({ action }) => {
      if (action === 'UpdateAccessKey') house.stage.clock.advance(2_000);
    });
    const config = managed(100);
    const ran = await house.run({}, { config, timeout: 60 });
    expect(ran.report.users.some(({ reason }) => reason === 'TimeLimitReached')).toBe(true);
    for (let run = 0; run < 5; run++) await house.run({}, { config, timeout: 60 });
    expect(new Set(keys.map((key) => house.status(key)))).toEqual(new Set(['Inactive']));
  });
});

describe('several accounts', () => {
  const others = ['2234567890123456', '3234567890123456'];

  /** Accounts with a role that the function may assume, and a leaked key each. */
  function open(): { id: string; leaked: string }[] {
    const { account } = house;
    account.role('keyturn-rotate-keys').policies.set(
      account.createPolicy('assume', {
        Version: '1',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
      }),
      0,
    );
    return others.map((id) => {
      const other = house.cloud.account(id);
      const trust = {
        Version: '1',
        Statement: [
          {
            Effect: 'Allow' as const,
            Action: 'sts:AssumeRole',
            Principal: { RAM: [`acs:ram::${account.id}:root`] },
          },
        ],
      };
      other.createRole('keyturn', { policies: [policyFor(id, 'respond-to-leaks')], trust });
      other.createUser(user);
      const leaked = other.createKey(user).accessKeyId;
      other.leak(leaked);
      return { id, leaked };
    });
  }

  const config = () => ({
    ...house.stage.config,
    leaks: { action: 'contain' },
    accounts: others.map((id) => ({ id, roleArn: `acs:ram::${id}:role/keyturn` })),
  });

  test('each has its findings, and an event looks into all of them', async () => {
    const opened = open();
    const event = { specversion: '1.0', source: 'acs.sas', type: 'sas:ActionTrail:ApiCall', id: '1' };
    const ran = await house.run(event, { config: config() });
    expect(ran.error).toBeUndefined();
    expect(ran.report.users.map(({ account, reason }) => [account, reason])).toEqual(
      others.map((id) => [id, 'LeakContained']),
    );
    expect(opened.map(({ leaked }) => house.status(leaked))).toEqual(['Inactive', 'Inactive']);
  });

  test("a successor's secret has the name of its account", async () => {
    open();
    const rotation = { users: { names: [user] }, secret: { name: 'keyturn/{account}/{userName}' } };
    const ran = await house.run({}, { config: { ...config(), rotation, leaks: { action: 'replace' } } });
    expect(ran.error).toBeUndefined();
    expect(others.map((id) => house.cloud.account(id).secret(`keyturn/${id}/${user}`)?.name)).toEqual(
      others.map((id) => `keyturn/${id}/${user}`),
    );
    const told = house.told.filter(({ type }) => type === 'keyturn.leak.replaced');
    expect(told.map(({ data }) => data.secretName)).toEqual(others.map((id) => `keyturn/${id}/${user}`));
  });

  test("one account's failure is its own", async () => {
    const opened = open();
    house.cloud.account(others[0]).role('keyturn').policies.clear();
    failing(({ product, account }) => product === 'sas' && account === others[0], 503, 'ServiceUnavailable');
    const ran = await house.run({}, { config: config() });
    expect(ran.report.error?.message).toContain(others[0]);
    expect(opened.map(({ leaked }) => house.status(leaked))).toEqual(['Active', 'Inactive']);
  });
});

describe('Security Center is not to be had', () => {
  test.each(['not-permitted', 'not-activated', 'unknown'] as const)(
    '%s: said once, no failure',
    async (state) => {
      house.cloud.switches.securityCenter = state;
      const ran = await house.run();
      expect(ran.error).toBeUndefined();
      expect(ran.report).toMatchObject({ status: 'ok', users: [] });
      expect(ran.report.notes?.filter((note) => note.includes('Security Center'))).toHaveLength(1);
    },
  );

  test('an outage of it is a failure', async () => {
    failing(({ product }) => product === 'sas', 503, 'ServiceUnavailable');
    const ran = await house.run();
    expect(ran.report).toMatchObject({ status: 'failed', error: { code: 'ServiceUnavailable' } });
  });
});

describe('the finding is marked', () => {
  test('by the next run, where it could not be; nobody is told twice', async () => {
    const leaked = await managedKey();
    house.account.leak(leaked);
    const refused = failing(({ action }) => action === 'ModifyAccessKeyLeakDeal', 403, 'NoPermission');
    expect(only(await house.run())).toMatchObject({
      reason: 'LeakReplaced',
      error: { code: 'NoPermission' },
    });
    expect([house.status(leaked), ...house.findings]).toEqual(['Inactive', 'pending']);
    refused.remove();
    house.stage.advance('PT5M');
    const writes = house.writes.length;
    expect(only(await house.run())).toMatchObject({ reason: 'LeakedKeyDisabled' });
    expect(house.writes.slice(writes)).toEqual(['ModifyAccessKeyLeakDeal']);
    expect(house.findings).toEqual(['manual']);
    expect(house.toldTypes().filter((type) => type.startsWith('leak'))).toEqual(['leak.replaced']);
  });

  test('where Security Center takes its time to show it, nobody is told twice either', async () => {
    house.cloud.switches.leakMarkLagMs = 2 * hour;
    house.account.leak(house.key());
    for (let run = 0; run < 6; run++) {
      expect((await house.run()).error).toBeUndefined();
      house.stage.advance('PT5M');
    }
    expect(house.toldTypes().filter((type) => type.startsWith('leak'))).toEqual(['leak.replaced']);
  });

  test('not before the key is known to be dead', async () => {
    const leaked = house.key();
    house.account.leak(leaked);
    failing(({ action }) => action === 'UpdateAccessKey', 403, 'NoPermission');
    const ran = await house.run();
    expect(ran.error).toBeDefined();
    expect([house.status(leaked), ...house.findings]).toEqual(['Active', 'pending']);
    expect(house.toldTypes()).toContain('leak.found');
    expect(house.toldTypes()).not.toContain('leak.replaced');
  });
});

describe('a key that leaked is barred from RAM and IMS', () => {
  test('the owner can call nothing there, and the function works, since it is a role', async () => {
    const leaked = house.key();
    const secret = house.account.user(user).keys.get(leaked)?.secret ?? '';
    const everything = {
      Version: '1',
      Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }],
    };
    house.account.attachUserPolicy(user, everything);
    house.account.leak(leaked);
    const asOwner = await house.run({}, { credentials: { accessKeyId: leaked, accessKeySecret: secret } });
    expect(asOwner.error?.message).toContain('There is a risk of leakage of this AccessKey.');
    expect(house.status(leaked)).toBe('Active');
    expect((await house.run()).error).toBeUndefined();
    expect(house.status(leaked)).toBe('Inactive');
  });
});

test('the proof of a key, by STS, works with a key that leaked meanwhile', async () => {
  house.account.createUser(user);
  const stop = house.cloud.onCall(({ action }) => {
    const fresh = [...house.account.user(user).keys.keys()].at(-1);
    if (action === 'CreateAccessKey' && fresh) house.account.leak(fresh);
  });
  const ran = await house.rotate();
  stop();
  expect(ran.error).toBeUndefined();
  expect(only(ran).actions).toContainEqual({ action: 'ProveKey', keyId: house.current, outcome: 'done' });
});

describe('events', () => {
  const pushed = {
    id: '45ef4dewdwe1-7c35-447a-bd93-fab',
    source: 'acs.sas',
    specversion: '1.0',
    type: 'sas:ActionTrail:AliyunServiceEvent',
    time: '2026-11-23T11:00:00+08:00',
    aliyunaccountid: '1234567890123456',
    data: {},
  };

  test('a pushed event makes it look; what it says is not believed', async () => {
    const [leaked, other] = [house.key(), house.key('alice')];
    house.account.leak(leaked);
    const event = { ...pushed, data: { AccesskeyId: other, UserName: 'alice' } };
    house.stage.config = { ...house.stage.config, leaks: { action: 'contain', users: 'all' } };
    const ran = await house.run(event);
    expect(ran.report.trigger).toBe('event');
    expect([house.status(leaked), house.status(other)]).toEqual(['Inactive', 'Active']);
  });

  test.each([[pushed], [[pushed, pushed]]])('an event alone changes nothing', async (event) => {
    const leaked = house.key();
    const ran = await house.run(event);
    expect(ran.report).toMatchObject({ status: 'ok', users: [] });
    expect(house.status(leaked)).toBe('Active');
    expect(house.writes).toEqual([]);
  });

  test('users narrow it', async () => {
    const [one, two] = [house.key(), house.key('alice')];
    house.account.leak(one);
    house.account.leak(two);
    house.stage.config = { ...house.stage.config, leaks: { action: 'contain', users: 'all' } };
    await house.run({ users: ['alice'] });
    expect([house.status(one), house.status(two)]).toEqual(['Active', 'Inactive']);
  });

  test.each([[{ emergency: true }], [[]], ['x'], [{ usres: ['a'] }]])('%j is refused', async (event) => {
    const ran = await house.run(event);
    expect(ran.error?.name).toBe('EventError');
  });
});
