import { DateTime } from 'luxon';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../packages/local-alibaba-cloud/index';
import { write } from '../../src/record/inactivity';
import { tagKeys } from '../../src/record/tags';
import { type Receiver, receiver } from '../support/receiver';
import { statusFixture } from '../support/status-fixture';
import { furnishEveryState } from '../support/users-in-every-state';

const fixture = statusFixture();
const { keyturn, writes } = fixture;
let hooks: Receiver;

beforeEach(async () => {
  hooks = await receiver({});
  configure();
});
afterEach(() => hooks.close());

const configure = (more: object = {}) =>
  fixture.fixture.configure({
    ...fixture.config,
    rotation: { users: { tag: { key: 'keyturn', value: 'rotate' } } },
    exempt: [{ user: 'svc-exempt', reason: 'audited by hand' }],
    notify: [{ type: 'webhook', url: hooks.origin, secret: 'not-a-real-secret', allowPrivate: true }],
    ...more,
  });

/** The text under a heading, up to the next one. */
const section = (text: string, heading: string): string =>
  new RegExp(`^${heading} \\(\\d+\\)$([\\s\\S]*?)(?:\n\n|$(?![\\s\\S]))`, 'm').exec(text)?.[1] ?? '';
const usersIn = (text: string): string[] =>
  [...text.matchAll(/^ {2}(svc-\w+): /gm)].map(([, name]) => name ?? '');
const onlyReads = () => {
  expect(hooks.received).toEqual([]);
  expect(fixture.cloud.calls.length).toBeGreaterThan(0);
  expect(writes()).toEqual([]);
};

describe('rotate', () => {
  beforeEach(() => furnishEveryState(fixture.cloud));

  test('tells user by user what the next run does, what waits, what is blocked and what is left, and only reads', async () => {
    const { code, stdout, stderr } = await keyturn('plan', 'rotate');
    expect(stderr).toBe('');
    expect(usersIn(section(stdout, 'In the next run'))).toEqual([
      'svc-due',
      'svc-emergency',
      'svc-new',
      'svc-standby',
    ]);
    expect(usersIn(section(stdout, 'Waiting'))).toEqual(['svc-recovery', 'svc-waiting']);
    expect(usersIn(section(stdout, 'Blocked: a person must act'))).toEqual(['svc-blocked', 'svc-kms']);
    expect(usersIn(section(stdout, 'Cannot be told: reading failed'))).toEqual(['svc-failed']);
    expect(stdout).toMatch(
      /svc-due: Due\n.*a successor is issued\.\n +CreateAccessKey, StoreSecret, ProveKey, /,
    );
    expect(stdout).toMatch(/svc-emergency: EmergencyReplaced\n.*\n.*DisableAccessKey LTAI/);
    expect(stdout).toMatch(/svc-waiting: InGrace, until \S+Z at least/);
    expect(stdout).toMatch(/^Left alone: 1 Current, 1 Exempt, 1 UserFrozen, 1 OnHold \(--all lists them\)$/m);
    expect(code).toBe(1);
    onlyReads();
  });

  test('--all lists those too who are left alone', async () => {
    const { stdout } = await keyturn('plan', 'rotate', '--all');
    expect(usersIn(section(stdout, 'Left alone'))).toEqual([
      'svc-current',
      'svc-exempt',
      'svc-frozen',
      'svc-hold',
    ]);
    expect(stdout).toContain('svc-exempt is exempt: audited by hand');
  });

  test('--user narrows; --json prints the report', async () => {
    const { code, stdout } = await keyturn('plan', 'rotate', '-u', 'svc-due', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      function: 'rotate-keys',
      mode: 'plan',
      users: [{ user: 'svc-due', reason: 'Due' }],
    });
    expect(code).toBe(0);
  });

  test('a limit that would bite is told, with those whom it holds back', async () => {
    configure({ limits: { rotationsPerRun: 1 } });
    const { stdout } = await keyturn('plan', 'rotate');
    expect(usersIn(section(stdout, 'Held back by a limit'))).toEqual(['svc-due']);
    expect(usersIn(section(stdout, 'In the next run'))).toContain('svc-new');
  });

  test('mode plan is said: the next run does nothing either', async () => {
    configure({ mode: 'plan' });
    const { stdout } = await keyturn('plan', 'rotate', '-u', 'svc-due');
    expect(stdout).toContain('The next run does nothing either');
  });
});

describe('inactive', () => {
  const month = 30 * DAY;

  /** With a key that was never used. */
  const idle = (name: string, createdAt: number) => {
    fixture.account.createUser(name, { createdAt });
    fixture.account.createKey(name, { createdAt });
  };
  /** Whom an earlier run warned a month ago. */
  const due = (name: string) => {
    idle(name, Date.now() - 12 * month);
    const warning = { at: DateTime.utc().minus(month), delivered: true };
    const value = write.warned(new Map([['user', warning]])) ?? '';
    fixture.account.tagUser(fixture.account.user(name), [[tagKeys.warned, value]]);
  };

  test('tells who is warned and who is disabled, and only reads', async () => {
    due('svc-due');
    idle('svc-idle', Date.now() - 12 * month);
    idle('svc-young', Date.now() - DAY);
    const { code, stdout, stderr } = await keyturn('plan', 'inactive');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^What disable-inactive would do next, as of /);
    expect(usersIn(section(stdout, 'In the next run'))).toEqual(['svc-due', 'svc-idle']);
    expect(stdout).toMatch(/svc-due: Due\n.*\n {4}DisableAccessKey LTAI/);
    expect(code).toBe(0);
    onlyReads();
  });

  test('a run that would be halted is told with the list, and ends with 1', async () => {
    configure({ limits: { disablesPerRun: 1 } });
    due('svc-a');
    due('svc-b');
    const { code, stdout } = await keyturn('plan', 'inactive');
    expect(stdout).toContain('The run would be halted');
    expect(usersIn(section(stdout, 'Held back by a limit'))).toEqual(['svc-a', 'svc-b']);
    expect(stdout).toContain('In the next run: nothing');
    expect(stdout).toContain('limits.disablesPerRun allows 1');
    expect(code).toBe(1);
    onlyReads();
  });
});

test.each([
  ['no job', ['plan'], "missing required argument 'job'"],
  ['an unknown job', ['plan', 'rotation'], 'Allowed choices are rotate, inactive'],
  ['an unknown user', ['plan', 'rotate', '-u', 'nobody'], 'nobody is not a managed user'],
  ['an option of another command', ['plan', 'rotate', '--emergency'], "unknown option '--emergency'"],
  ['an unknown account', ['plan', 'inactive', '--account', '999'], 'none of the accounts'],
])('%s ends with 2', async (_, args, message) => {
  const { code, stdout, stderr } = await keyturn(...args);
  expect(stderr).toContain(message);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});
