import { describe, expect, test } from 'vitest';
import type { Switches } from '../../packages/local-alibaba-cloud/index';
import { ago, InactivityFixture } from '../inactivity/inactivity-fixture';
import { sample } from '../support/effort';

const config = {
  rotation: { users: { names: ['svc'] } },
  inactivity: { keys: { deleteAfter: 'P30D' }, users: { deleteAfter: 'P30D' } },
};

async function settle(switches: Partial<Switches>): Promise<InactivityFixture> {
  const fixture = await InactivityFixture.open(config, { switches });
  fixture.user('idle', { consoleLogin: true, groups: ['g'], mfa: true }, {}, {});
  const anything = { Version: '1', Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] };
  fixture.account.attachUserPolicy('idle', anything);
  fixture.user('busy', { consoleLogin: true }, {}, { createdAt: ago(1) });
  const [key] = fixture.user('svc', {}, {});
  fixture.account.createSecret('keyturn/svc', key ?? '', '{}');
  fixture.account.tagUser(fixture.account.user('svc'), [
    ['keyturn:current', `${key}/issued/20260101T000000Z`],
  ]);
  return fixture;
}

/** How the account stands, as far as it must not depend on where a run was stopped. */
function standing(fixture: InactivityFixture): unknown {
  const users = ['idle', 'busy', 'svc'].map((name) => {
    const user =
      fixture.account.users.get(name) ??
      [...fixture.account.recycledUsers()].find((one) => one.name === name);
    const bin = user ? fixture.account.recycledKeys(user).length : 0;
    return [name, fixture.standing(name), bin, Object.keys(Object.fromEntries(user?.tags ?? [])).sort()];
  });
  return { users, mark: fixture.account.secret('keyturn/svc')?.tags.has('keyturn:inactive') };
}

/** What must never happen on the way, whatever is stopped where. */
function complaints(fixture: InactivityFixture): string[] {
  const found: string[] = [];
  fixture.cloud.onCall(({ action, params }) => {
    const { account } = fixture;
    const name = params.UserName ?? params.UserPrincipalName?.split('@')[0] ?? '';
    const user = account.users.get(name);
    if (action === 'UpdateAccessKey' && name === 'busy') {
      const [, young] = user?.keys.keys() ?? [];
      if (params.UserAccessKeyId === young) found.push('the young key of busy was disabled');
    }
    if (action === 'UpdateLoginProfile' && name === 'busy') found.push('the logon of busy was disabled');
    if (
      action === 'UpdateAccessKey' &&
      name === 'svc' &&
      !account.secret('keyturn/svc')?.tags.has('keyturn:inactive')
    ) {
      found.push('the current key of svc was disabled before its secret was marked');
    }
    const disables = action === 'UpdateAccessKey' || action === 'UpdateLoginProfile';
    const owned = user?.tags.has('keyturn:disabled-user') || user?.tags.has('keyturn:disabled-keys');
    if (disables && !owned) found.push(`${name} was disabled before keyturn's record said so`);
  });
  return found;
}

interface Story {
  readonly standing: unknown;
  readonly complaints: string[];
  /** Calls of the run that was, or might have been, stopped. */
  readonly calls: number;
}

/** Warned, disabled, deleted; the process dies in one of these runs right before a call, and is started again. */
async function live(stopIn: number, stopAt: number, switches: Partial<Switches>): Promise<Story> {
  const fixture = await settle(switches);
  try {
    const found = complaints(fixture);
    let calls = 0;
    for (const [index, pause] of ['P8D', 'P31D', 'P1D'].entries()) {
      fixture.account.markLogin('busy');
      if (index === stopIn) {
        const from = fixture.cloud.calls.length;
        const death = fixture.cloud.faults.add({
          match: ({ seq }) => seq >= from + stopAt,
          kind: 'drop-before',
          times: Number.POSITIVE_INFINITY,
        });
        await fixture.run();
        death.remove();
        calls = fixture.cloud.calls.length - from;
        fixture.rotation.advance('PT1M');
      }
      await fixture.run();
      fixture.rotation.advance(pause);
    }
    await fixture.run();
    return { standing: standing(fixture), complaints: found, calls };
  } finally {
    await fixture.close();
  }
}

describe.each([
  ['that warns', 0],
  ['that disables', 1],
  ['that deletes', 2],
] as const)('a run %s', (_, stopIn) => {
  test('may be stopped before any of its calls, and the end is the same', async () => {
    const undisturbed = await live(stopIn, Number.POSITIVE_INFINITY, {});
    expect(undisturbed.complaints).toEqual([]);
    expect(undisturbed.standing).toMatchObject({
      users: [
        ['idle', 'deleted', 2, expect.anything()],
        ['busy', 'Active | Active', 1, ['keyturn:disabled-keys']],
        ['svc', 'deleted', expect.anything(), expect.anything()],
      ],
      mark: true,
    });
    expect(undisturbed.calls).toBeGreaterThan(15);
    const calls = Array.from({ length: undisturbed.calls }, (_, index) => index);
    for (const at of sample(calls, 2, `inactivity ${stopIn}`)) {
      const story = await live(stopIn, at, {});
      expect(story.complaints, `stopped before call ${at}`).toEqual([]);
      expect(story.standing, `stopped before call ${at}`).toEqual(undisturbed.standing);
    }
  });
});

test.each([
  ['a read lags behind a write', { tagReadLagMs: 5_000 }],
  ['keys must be Inactive to be deleted', { deleteActiveAllowed: false }],
  ['never is a dash', { neverUsed: '-' }],
  ['never is absent', { neverUsed: 'absent' }],
  ['a disabled key works on for a while', { disablePropagationMs: 60_000 }],
] satisfies [string, Partial<Switches>][])('the end is the same where %s', async (_, switches) => {
  const usual = await live(0, Number.POSITIVE_INFINITY, {});
  const other = await live(0, Number.POSITIVE_INFINITY, switches);
  expect(other.standing).toEqual(usual.standing);
  expect(other.complaints).toEqual([]);
});

test('where IMS tells no dates of change, a run that was stopped costs another warning and no more', async () => {
  const fixture = await InactivityFixture.open({}, { switches: { updateDate: false } });
  try {
    fixture.user('idle', {}, {}, {});
    await fixture.run();
    fixture.rotation.advance('P7D');
    fixture.cloud.faults.add({
      match: ({ action }) => action === 'UpdateAccessKey',
      kind: 'drop-before',
      times: Number.POSITIVE_INFINITY,
    });
    await fixture.run();
    fixture.cloud.faults.clear();
    expect(fixture.standing('idle')).toBe('Active Active');
    await fixture.days(15);
    expect(fixture.standing('idle')).toBe('Inactive Inactive');
  } finally {
    await fixture.close();
  }
});
