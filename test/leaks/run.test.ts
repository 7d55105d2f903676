import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../packages/local-alibaba-cloud/index';
import { policyFor } from '../support/rotation-fixture';
import { LeaksFixture, only, user } from './leaks-fixture';

let fixture: LeaksFixture;
beforeEach(async () => {
  fixture = await LeaksFixture.open();
});
afterEach(() => fixture.close());

const hour = 3_600_000;

async function managedKey(): Promise<string> {
  fixture.account.createUser(user);
  await fixture.rotate();
  return fixture.current;
}

/** Calls fail until this is removed. */
const failing = (match: Fault['match'], status: number, code: string) =>
  fixture.cloud.faults.add({ match, kind: 'error', status, code, times: Number.POSITIVE_INFINITY });

describe('replace', () => {
  test("a managed user's current key: a successor, the leaked one dead, the finding handled, and people told", async () => {
    const leaked = await managedKey();
    fixture.account.leak(leaked);
    const since = fixture.told.length;
    const ran = await fixture.run();
    expect(ran.error).toBeUndefined();
    expect(only(ran)).toMatchObject({ user, reason: 'LeakReplaced' });
    expect(fixture.status(leaked)).toBe('Inactive');
    expect(fixture.status(fixture.current)).toBe('Active');
    expect(fixture.current).not.toBe(leaked);
    expect(fixture.findings).toEqual(['manual']);
    expect(fixture.account.leaks[0]?.remark).toContain(fixture.current);
    expect(fixture.toldTypes(since)).toEqual(['accesskey.rotated', 'leak.replaced']);
    expect(fixture.told.at(-1)).toMatchObject({
      subject: user,
      data: {
        keyId: leaked,
        newKeyId: fixture.current,
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
    fixture.account.leak(await managedKey());
    await fixture.run();
    const writes = fixture.writes.length;
    const again = await fixture.run();
    expect(again.report.users).toEqual([]);
    expect(fixture.writes).toHaveLength(writes);
    fixture.rotation.advance('P1D');
    const rotated = await fixture.rotate();
    expect(rotated.error).toBeUndefined();
    expect(rotated.report.users[0]?.reason).toBe('InRecovery');
  });

  test('an old key in its grace is disabled, and the current one stays', async () => {
    const old = await managedKey();
    fixture.rotation.advance('P90D');
    await fixture.rotate();
    const current = fixture.current;
    fixture.account.leak(old);
    expect(only(await fixture.run()).reason).toBe('LeakReplaced');
    expect([fixture.status(old), fixture.status(current)]).toEqual(['Inactive', 'Active']);
    expect(fixture.current).toBe(current);
    expect(fixture.told.at(-1)?.data).toMatchObject({ keyId: old, newKeyId: current });
  });

  test('where KMS rotates the user, nothing is issued and the key dies all the same', async () => {
    const leaked = fixture.key();
    fixture.account.createSecret(`acs/ram/user/${user}`, 'v1', '{}', { type: 'RAMCredentials' });
    fixture.account.leak(leaked);
    const ran = await fixture.run();
    expect(fixture.status(leaked)).toBe('Inactive');
    expect(fixture.findings).toEqual(['manual']);
    expect(only(ran).error?.code).toBe('ManagedByKms');
    expect(ran.error).toBeDefined();
    expect(fixture.toldTypes()).toEqual(['leak.contained', 'run.failed']);
  });

  test('while KMS is down the key dies, and the next run issues its successor; the finding stays pending', async () => {
    const leaked = await managedKey();
    fixture.account.leak(leaked);
    const down = failing(({ product }) => product === 'kms', 503, 'ServiceUnavailableTemporary');
    const ran = await fixture.run();
    expect(ran.error).toBeDefined();
    expect(fixture.status(leaked)).toBe('Inactive');
    expect(fixture.findings).toEqual(['pending']);
    expect(fixture.toldTypes(1)).toContain('leak.found');
    down.remove();
    fixture.rotation.advance('PT5M');
    const next = await fixture.run();
    expect(next.error).toBeUndefined();
    expect(fixture.status(leaked)).toBe('Inactive');
    expect(fixture.findings).toEqual(['manual']);
    expect(fixture.told.at(-1)?.type).toBe('keyturn.leak.replaced');
  });

  test('a run that fails every five minutes calls people once a day, and again when it fails otherwise', async () => {
    const leaked = await managedKey();
    fixture.account.leak(leaked);
    const alarms = () => fixture.toldTypes().filter((type) => type === 'run.failed').length;
    const down = failing(({ action }) => action === 'UpdateAccessKey', 503, 'ServiceUnavailable');
    for (let run = 0; run < 4; run++) {
      expect((await fixture.run()).error).toBeDefined();
      fixture.rotation.advance('PT5M');
    }
    expect(alarms()).toBe(1);
    down.remove();
    const denied = failing(({ action }) => action === 'UpdateAccessKey', 403, 'NoPermission');
    expect((await fixture.run()).error).toBeDefined();
    expect(alarms()).toBe(2);
    fixture.rotation.advance('P1D');
    expect((await fixture.run()).error).toBeDefined();
    expect(alarms()).toBe(3);
    denied.remove();
  });

  test('a key of a user whom keyturn does not manage: only reported, or only disabled where `users: all`', async () => {
    const leaked = fixture.key('alice');
    fixture.account.leak(leaked);
    expect(only(await fixture.run()).reason).toBe('LeakNotManaged');
    expect([fixture.status(leaked), ...fixture.findings]).toEqual(['Active', 'pending']);
    const config = { ...fixture.rotation.config, leaks: { action: 'replace', users: 'all' } };
    expect(only(await fixture.run({}, { config })).reason).toBe('LeakContained');
    expect([fixture.status(leaked), ...fixture.findings]).toEqual(['Inactive', 'manual']);
    expect(Object.keys(fixture.rotation.keys('alice'))).toEqual([leaked]);
    expect(fixture.toldTypes()).toEqual(['leak.found', 'leak.contained']);
  });
});

describe('contain', () => {
  beforeEach(() => {
    fixture.rotation.config = { ...fixture.rotation.config, leaks: { action: 'contain' } };
  });

  test('disables the key and issues nothing; rotate-keys issues a successor', async () => {
    const leaked = await managedKey();
    fixture.account.leak(leaked);
    const ran = await fixture.run();
    expect(ran.error).toBeUndefined();
    expect(fixture.rotation.keys(user)).toEqual({ [leaked]: 'Inactive' });
    expect(fixture.findings).toEqual(['manual']);
    expect(fixture.toldTypes(1)).toEqual(['leak.contained']);
    fixture.rotation.advance('P1D');
    await fixture.rotate();
    expect(fixture.status(fixture.current)).toBe('Active');
  });

  test('a channel that is not told of leaks still hears of the containment', async () => {
    const [channel] = fixture.rotation.config.notify as object[];
    fixture.rotation.config = {
      ...fixture.rotation.config,
      notify: [{ ...channel, events: ['*.accesskey.*'] }],
    };
    fixture.account.leak(fixture.key());
    await fixture.run();
    expect(fixture.toldTypes()).toEqual(['accesskey.contained']);
    expect(fixture.findings).toEqual(['manual']);
  });

  test('also with KMS down', async () => {
    const leaked = await managedKey();
    fixture.account.leak(leaked);
    failing(({ product }) => product === 'kms', 503, 'ServiceUnavailableTemporary');
    expect((await fixture.run()).error).toBeUndefined();
    expect(fixture.status(leaked)).toBe('Inactive');
  });
});

describe('report', () => {
  beforeEach(() => {
    fixture.rotation.config = { ...fixture.rotation.config, leaks: {} };
  });

  test('touches no key and marks nothing; tells once a day', async () => {
    const leaked = fixture.key();
    fixture.account.leak(leaked);
    for (let minutes = 0; minutes < 26 * 60; minutes += 65) {
      expect((await fixture.run()).error).toBeUndefined();
      fixture.rotation.advance('PT65M');
      fixture.coldStart();
    }
    expect([fixture.status(leaked), ...fixture.findings]).toEqual(['Active', 'pending']);
    expect(fixture.toldTypes()).toEqual(['leak.found', 'leak.found']);
    expect(new Set(fixture.told.map(({ id }) => id)).size).toBe(2);
    expect(new Set(fixture.writes)).toEqual(new Set(['TagResources']));
  });

  test('of two keys of a user each is told once', async () => {
    fixture.account.leak(fixture.key());
    fixture.account.leak(fixture.key());
    for (let run = 0; run < 3; run++) {
      await fixture.run();
      fixture.rotation.advance('PT5M');
    }
    expect(fixture.toldTypes()).toEqual(['leak.found', 'leak.found']);
  });

  test('a dead key is left to a person to mark, and nobody is alarmed', async () => {
    const leaked = fixture.key();
    const key = fixture.account.key(fixture.account.user(user), leaked);
    fixture.account.setKeyStatus(key, 'Inactive');
    fixture.account.leak(leaked);
    expect(only(await fixture.run()).reason).toBe('LeakedKeyDisabled');
    expect(fixture.findings).toEqual(['pending']);
    expect(fixture.told).toEqual([]);
  });
});

describe('an exempt user', () => {
  test.each([
    ['by name', { user }],
    ['by group', { group: 'auditors' }],
    ['by tag', { tag: { key: 'keyturn', value: 'exempt' } }],
  ])('%s is only reported, loudly', async (_, rule) => {
    const leaked = fixture.key();
    fixture.account.addToGroup(user, 'auditors');
    fixture.account.tagUser(fixture.account.user(user), [['keyturn', 'exempt']]);
    fixture.account.leak(leaked);
    fixture.rotation.config = { ...fixture.rotation.config, exempt: [{ ...rule, reason: 'break glass' }] };
    const ran = await fixture.run();
    expect(ran.error).toBeUndefined();
    expect(only(ran)).toMatchObject({ reason: 'LeakExempt' });
    expect([fixture.status(leaked), ...fixture.findings]).toEqual(['Active', 'pending']);
    expect(fixture.told).toMatchObject([
      { type: 'keyturn.leak.found', data: { exempt: true, keyId: leaked } },
    ]);
    const line = ran.lines.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'leaked AccessKey');
    expect(line).toMatchObject({ level: 'error', keyId: leaked });
  });
});

test('the plan is told, and nothing is written or sent', async () => {
  const leaked = fixture.key();
  fixture.account.leak(leaked);
  for (const event of [{ dryRun: true }]) {
    const ran = await fixture.run(event);
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
  expect(fixture.writes).toEqual([]);
  expect(fixture.told).toEqual([]);
});

describe('findings of all sorts', () => {
  test('the same finding twice, and many about one key, are one response', async () => {
    const leaked = await managedKey();
    for (let fork = 0; fork < 30; fork++) fixture.account.leak(leaked, { repository: `fork-${fork}/shop` });
    const ran = await fixture.run();
    expect(only(ran).actions.filter(({ action }) => action === 'MarkLeakHandled')).toHaveLength(30);
    expect(new Set(fixture.findings)).toEqual(new Set(['manual']));
    expect(fixture.toldTypes(1)).toEqual(['accesskey.rotated', 'leak.replaced']);
    expect(fixture.told.at(-1)?.data).toMatchObject({ findings: 30 });
    expect(fixture.told.at(-1)?.data.places).toHaveLength(10);
  });

  test('both keys of a user', async () => {
    const [one, two] = [fixture.key(), fixture.key()];
    fixture.account.createSecret(
      `keyturn/${user}`,
      'v1',
      JSON.stringify({
        AccessKeyId: one,
        AccessKeySecret: fixture.cloud.account().user(user).keys.get(one)?.secret,
      }),
    );
    fixture.account.leak(one);
    fixture.account.leak(two);
    for (let run = 0; run < 2; run++) {
      await fixture.run();
      fixture.rotation.advance('PT5M');
    }
    expect([fixture.status(one), fixture.status(two)].includes('Active')).toBe(false);
    expect(fixture.findings).toEqual(['manual', 'manual']);
  });

  test('a key that was deleted: only marked, with a remark that says so', async () => {
    const leaked = fixture.key();
    fixture.account.deleteKey(fixture.account.key(fixture.account.user(user), leaked));
    fixture.account.leak(leaked);
    const ran = await fixture.run();
    expect(only(ran)).toMatchObject({ user: '<unknown>', reason: 'LeakedKeyGone' });
    expect(fixture.findings).toEqual(['manual']);
    expect(fixture.account.leaks[0]?.remark).toContain('not a key of any RAM user');
    expect(fixture.writes).toEqual(['ModifyAccessKeyLeakDeal']);
  });

  test("the account's own key is reported with the remedy, and never marked", async () => {
    const leaked = fixture.account.rootKey.accessKeyId;
    fixture.account.leak(leaked);
    const ran = await fixture.run();
    expect(ran.error).toBeUndefined();
    expect(only(ran)).toMatchObject({ user: '<root>', reason: 'LeakOfAccountKey' });
    fixture.rotation.advance('PT5M');
    await fixture.run();
    expect(fixture.findings).toEqual(['pending']);
    expect(fixture.toldTypes()).toEqual(['leak.found']);
    fixture.rotation.advance('P1D');
    await fixture.run();
    expect(fixture.toldTypes()).toEqual(['leak.found', 'leak.found']);
    expect(fixture.writes).toEqual([]);
  });

  test('a key of another account is reported, and never marked', async () => {
    const other = fixture.cloud.account('2234567890123456');
    other.createUser('bob');
    const leaked = other.createKey('bob').accessKeyId;
    fixture.account.leak(leaked);
    expect(only(await fixture.run())).toMatchObject({ user: '<unknown>', reason: 'LeakOfUnknownKey' });
    expect(fixture.findings).toEqual(['pending']);
    expect(fixture.toldTypes()).toEqual(['leak.found']);
    expect(fixture.writes).toEqual([]);
  });

  test('a key of nobody is not known to be dead where Security Center does not say so', async () => {
    fixture.cloud.switches.leakValidityTold = false;
    fixture.account.leak('LTAI5tNobodysKey00000000');
    expect(only(await fixture.run()).reason).toBe('LeakOfUnknownKey');
    expect(fixture.findings).toEqual(['pending']);
  });

  test('a finding that names no whole key is reported, one by one', async () => {
    fixture.cloud.switches.leakKeyIds = 'masked';
    const leaked = fixture.key();
    fixture.account.leak(leaked);
    fixture.account.leak(leaked);
    const ran = await fixture.run();
    expect(ran.report.users.map(({ reason }) => reason)).toEqual(['LeakUnreadable', 'LeakUnreadable']);
    expect(ran.error).toBeUndefined();
    expect([fixture.status(leaked), ...fixture.findings]).toEqual(['Active', 'pending', 'pending']);
  });

  test('a key that cannot be looked at fails alone', async () => {
    const [one, two] = [fixture.key(), fixture.key('alice')];
    fixture.account.leak(one);
    fixture.account.leak(two);
    fixture.rotation.config = { ...fixture.rotation.config, leaks: { action: 'contain', users: 'all' } };
    failing(
      ({ action, params }) => action === 'GetUser' && params.UserAccessKeyId === one,
      500,
      'InternalError',
    );
    const ran = await fixture.run();
    expect(ran.error).toBeDefined();
    expect(ran.report.users).toMatchObject([
      { user: '<unknown>', reason: 'Failed', error: { code: 'InternalError' } },
      { user: 'alice', reason: 'LeakContained' },
    ]);
    expect([fixture.status(one), fixture.status(two)]).toEqual(['Active', 'Inactive']);
  });

  test('where no channel takes the notice, the finding is marked later; the key is dead at once', async () => {
    const leaked = fixture.key();
    fixture.account.leak(leaked);
    const [channel] = fixture.rotation.config.notify as object[];
    const deaf = { ...fixture.rotation.config, notify: [{ ...channel, url: 'http://127.0.0.1:9/hook' }] };
    await fixture.run({}, { config: { ...deaf, leaks: { action: 'contain' } } });
    expect([fixture.status(leaked), ...fixture.findings]).toEqual(['Inactive', 'pending']);
    await fixture.run();
    expect(fixture.findings).toEqual(['manual']);
    expect(fixture.toldTypes()).toEqual(['leak.contained']);
  });

  test.each([
    ['the date is text', { leakDates: 'text' }],
    ['there is no date', { leakDates: 'absent' }],
    ['there is no status', { leakStatus: 'absent' }],
  ] as const)('it is pending all the same where %s', async (_, switches) => {
    Object.assign(fixture.cloud.switches, switches);
    const leaked = fixture.key();
    fixture.account.leak(leaked);
    await fixture.run();
    expect([fixture.status(leaked), ...fixture.findings]).toEqual(['Inactive', 'manual']);
  });

  test('an address is told without login, query and fragment', async () => {
    fixture.account.leak(fixture.key(), { url: 'https://u:p4ss@example.com/a/b?token=abc#L1' });
    await fixture.run();
    expect(fixture.told.at(-1)?.data.places[0].url).toBe('https://example.com/a/b');
    expect(
      JSON.stringify([fixture.told, fixture.rotation.lines, fixture.account.leaks[0]?.remark]),
    ).not.toMatch(/p4ss|abc/);
  });

  test('no secret is told, logged or written, though Security Center quotes it', async () => {
    const leaked = fixture.key();
    const secret = fixture.account.user(user).keys.get(leaked)?.secret ?? '';
    fixture.account.leak(leaked);
    await fixture.run();
    expect(fixture.account.leaks[0]?.code).toContain(secret);
    expect(
      JSON.stringify([fixture.told, fixture.rotation.lines, fixture.account.leaks[0]?.remark]),
    ).not.toContain(secret);
  });
});

describe('a hundred findings at once', () => {
  async function flood(users: number): Promise<string[]> {
    return Array.from({ length: users }, (_, at) => {
      const leaked = fixture.key(`svc-${at}`);
      fixture.account.leak(leaked);
      return leaked;
    });
  }
  const managed = (limit: number, action = 'replace') => ({
    ...fixture.rotation.config,
    rotation: { users: { group: 'rotated' } },
    leaks: { action, users: 'all' },
    limits: { leakedKeysPerRun: limit, readsPerSecond: 500, writesPerSecond: 200 },
  });

  test('within the limit all are handled in one run, well within its time', async () => {
    const keys = await flood(100);
    const from = fixture.rotation.clock.elapsed();
    const ran = await fixture.run({}, { config: managed(100) });
    expect(ran.error).toBeUndefined();
    expect(fixture.rotation.clock.elapsed() - from).toBeLessThan(120_000);
    expect(new Set(keys.map((key) => fixture.status(key)))).toEqual(new Set(['Inactive']));
    expect(new Set(fixture.findings)).toEqual(new Set(['manual']));
    expect(ran.report.summary.actions).toEqual({ DisableAccessKey: 100, MarkLeakHandled: 100 });
  });

  test('over the limit nothing is disabled, the run is halted, and everybody hears of it', async () => {
    const keys = await flood(21);
    const ran = await fixture.run({}, { config: managed(20) });
    expect(ran.report.status).toBe('halted');
    expect(ran.report.notes?.join(' ')).toContain('leakedKeysPerRun');
    expect(new Set(keys.map((key) => fixture.status(key)))).toEqual(new Set(['Active']));
    expect(fixture.writes).toEqual([]);
    expect(fixture.toldTypes()).toEqual(['run.halted']);
    expect(fixture.told[0]?.data).toMatchObject({ due: 21, limit: 20 });
  });

  test('what there is no time for waits for the next run', async () => {
    const keys = await flood(40);
    fixture.cloud.onCall(({ action }) => {
      if (action === 'UpdateAccessKey') fixture.rotation.clock.advance(2_000);
    });
    const config = managed(100);
    const ran = await fixture.run({}, { config, timeout: 60 });
    expect(ran.report.users.some(({ reason }) => reason === 'TimeLimitReached')).toBe(true);
    for (let run = 0; run < 5; run++) await fixture.run({}, { config, timeout: 60 });
    expect(new Set(keys.map((key) => fixture.status(key)))).toEqual(new Set(['Inactive']));
  });
});

describe('several accounts', () => {
  const others = ['2234567890123456', '3234567890123456'];

  /** Accounts with a role that the function may assume, and a leaked key each. */
  function open(): { id: string; leaked: string }[] {
    const { account } = fixture;
    account.role('keyturn-rotate-keys').policies.set(
      account.createPolicy('assume', {
        Version: '1',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
      }),
      0,
    );
    return others.map((id) => {
      const other = fixture.cloud.account(id);
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
    ...fixture.rotation.config,
    leaks: { action: 'contain' },
    accounts: others.map((id) => ({ id, roleArn: `acs:ram::${id}:role/keyturn` })),
  });

  test('each has its findings, and an event looks into all of them', async () => {
    const opened = open();
    const event = { specversion: '1.0', source: 'acs.sas', type: 'sas:ActionTrail:ApiCall', id: '1' };
    const ran = await fixture.run(event, { config: config() });
    expect(ran.error).toBeUndefined();
    expect(ran.report.users.map(({ account, reason }) => [account, reason])).toEqual(
      others.map((id) => [id, 'LeakContained']),
    );
    expect(opened.map(({ leaked }) => fixture.status(leaked))).toEqual(['Inactive', 'Inactive']);
  });

  test("a successor's secret has the name of its account", async () => {
    open();
    const rotation = { users: { names: [user] }, secret: { name: 'keyturn/{account}/{userName}' } };
    const ran = await fixture.run({}, { config: { ...config(), rotation, leaks: { action: 'replace' } } });
    expect(ran.error).toBeUndefined();
    expect(others.map((id) => fixture.cloud.account(id).secret(`keyturn/${id}/${user}`)?.name)).toEqual(
      others.map((id) => `keyturn/${id}/${user}`),
    );
    const told = fixture.told.filter(({ type }) => type === 'keyturn.leak.replaced');
    expect(told.map(({ data }) => data.secretName)).toEqual(others.map((id) => `keyturn/${id}/${user}`));
  });

  test("one account's failure is its own", async () => {
    const opened = open();
    fixture.cloud.account(others[0]).role('keyturn').policies.clear();
    failing(({ product, account }) => product === 'sas' && account === others[0], 503, 'ServiceUnavailable');
    const ran = await fixture.run({}, { config: config() });
    expect(ran.report.error?.message).toContain(others[0]);
    expect(opened.map(({ leaked }) => fixture.status(leaked))).toEqual(['Active', 'Inactive']);
  });
});

describe('Security Center is not to be had', () => {
  test.each(['not-permitted', 'not-activated', 'unknown'] as const)(
    '%s: said once, no failure',
    async (state) => {
      fixture.cloud.switches.securityCenter = state;
      const ran = await fixture.run();
      expect(ran.error).toBeUndefined();
      expect(ran.report).toMatchObject({ status: 'ok', users: [] });
      expect(ran.report.notes?.filter((note) => note.includes('Security Center'))).toHaveLength(1);
    },
  );

  test('an outage of it is a failure', async () => {
    failing(({ product }) => product === 'sas', 503, 'ServiceUnavailable');
    const ran = await fixture.run();
    expect(ran.report).toMatchObject({ status: 'failed', error: { code: 'ServiceUnavailable' } });
  });
});

describe('the finding is marked', () => {
  test('by the next run, where it could not be; nobody is told twice', async () => {
    const leaked = await managedKey();
    fixture.account.leak(leaked);
    const refused = failing(({ action }) => action === 'ModifyAccessKeyLeakDeal', 403, 'NoPermission');
    expect(only(await fixture.run())).toMatchObject({
      reason: 'LeakReplaced',
      error: { code: 'NoPermission' },
    });
    expect([fixture.status(leaked), ...fixture.findings]).toEqual(['Inactive', 'pending']);
    refused.remove();
    fixture.rotation.advance('PT5M');
    const writes = fixture.writes.length;
    expect(only(await fixture.run())).toMatchObject({ reason: 'LeakedKeyDisabled' });
    expect(fixture.writes.slice(writes)).toEqual(['ModifyAccessKeyLeakDeal']);
    expect(fixture.findings).toEqual(['manual']);
    expect(fixture.toldTypes().filter((type) => type.startsWith('leak'))).toEqual(['leak.replaced']);
  });

  test('where Security Center takes its time to show it, nobody is told twice either', async () => {
    fixture.cloud.switches.leakMarkLagMs = 2 * hour;
    fixture.account.leak(fixture.key());
    for (let run = 0; run < 6; run++) {
      expect((await fixture.run()).error).toBeUndefined();
      fixture.rotation.advance('PT5M');
    }
    expect(fixture.toldTypes().filter((type) => type.startsWith('leak'))).toEqual(['leak.replaced']);
  });

  test('not before the key is known to be dead', async () => {
    const leaked = fixture.key();
    fixture.account.leak(leaked);
    failing(({ action }) => action === 'UpdateAccessKey', 403, 'NoPermission');
    const ran = await fixture.run();
    expect(ran.error).toBeDefined();
    expect([fixture.status(leaked), ...fixture.findings]).toEqual(['Active', 'pending']);
    expect(fixture.toldTypes()).toContain('leak.found');
    expect(fixture.toldTypes()).not.toContain('leak.replaced');
  });
});

describe('a key that leaked is barred from RAM and IMS', () => {
  test('the owner can call nothing there, and the function works, since it is a role', async () => {
    const leaked = fixture.key();
    const secret = fixture.account.user(user).keys.get(leaked)?.secret ?? '';
    const everything = {
      Version: '1',
      Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }],
    };
    fixture.account.attachUserPolicy(user, everything);
    fixture.account.leak(leaked);
    const asOwner = await fixture.run({}, { credentials: { accessKeyId: leaked, accessKeySecret: secret } });
    expect(asOwner.error?.message).toContain('There is a risk of leakage of this AccessKey.');
    expect(fixture.status(leaked)).toBe('Active');
    expect((await fixture.run()).error).toBeUndefined();
    expect(fixture.status(leaked)).toBe('Inactive');
  });
});

test('the proof of a key, by STS, works with a key that leaked meanwhile', async () => {
  fixture.account.createUser(user);
  const stop = fixture.cloud.onCall(({ action }) => {
    const fresh = [...fixture.account.user(user).keys.keys()].at(-1);
    if (action === 'CreateAccessKey' && fresh) fixture.account.leak(fresh);
  });
  const ran = await fixture.rotate();
  stop();
  expect(ran.error).toBeUndefined();
  expect(only(ran).actions).toContainEqual({ action: 'ProveKey', keyId: fixture.current, outcome: 'done' });
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
    const [leaked, other] = [fixture.key(), fixture.key('alice')];
    fixture.account.leak(leaked);
    const event = { ...pushed, data: { AccesskeyId: other, UserName: 'alice' } };
    fixture.rotation.config = { ...fixture.rotation.config, leaks: { action: 'contain', users: 'all' } };
    const ran = await fixture.run(event);
    expect(ran.report.trigger).toBe('event');
    expect([fixture.status(leaked), fixture.status(other)]).toEqual(['Inactive', 'Active']);
  });

  test.each([[pushed], [[pushed, pushed]]])('an event alone changes nothing', async (event) => {
    const leaked = fixture.key();
    const ran = await fixture.run(event);
    expect(ran.report).toMatchObject({ status: 'ok', users: [] });
    expect(fixture.status(leaked)).toBe('Active');
    expect(fixture.writes).toEqual([]);
  });

  test('users narrow it', async () => {
    const [one, two] = [fixture.key(), fixture.key('alice')];
    fixture.account.leak(one);
    fixture.account.leak(two);
    fixture.rotation.config = { ...fixture.rotation.config, leaks: { action: 'contain', users: 'all' } };
    await fixture.run({ users: ['alice'] });
    expect([fixture.status(one), fixture.status(two)]).toEqual(['Active', 'Inactive']);
  });

  test.each([[{ emergency: true }], [[]], ['x'], [{ usres: ['a'] }]])('%j is refused', async (event) => {
    const ran = await fixture.run(event);
    expect(ran.error?.name).toBe('EventError');
  });
});
