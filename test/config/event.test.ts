import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventError } from '../../src/config/error';
import { parseEvent } from '../../src/config/event';

const rotate = (event: unknown) => parseEvent(bytes(event), 'rotate-keys');
const disable = (event: unknown) => parseEvent(bytes(event), 'disable-inactive');
const bytes = (event: unknown) => Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
const timer = (payload?: unknown) => ({ triggerTime: '2026-11-23T03:00:00Z', triggerName: 'daily', payload });

describe('an empty request is to do all that is due', () => {
  test.each([
    ['no event', '', 'manual'],
    ['white space', ' \n', 'manual'],
    ['an empty mapping', {}, 'manual'],
    ['a timer with an empty payload', timer(''), 'timer'],
    ['a timer without a payload', timer(), 'timer'],
    ['a timer with null', timer(null), 'timer'],
    ['a timer with {}', timer('{}'), 'timer'],
    ['a timer with more in its envelope', { ...timer('{}'), triggerId: 'x' }, 'timer'],
  ])('%s', (_what, event, trigger) => {
    expect(rotate(event)).toEqual({ trigger, request: { dryRun: false } });
    expect(disable(event)).toEqual({ trigger, request: { dryRun: false } });
  });
});

const shared = { users: ['a', 'b'], dryRun: true, reason: 'audit', account: '1234567890123456' };
const emergency = { users: ['a'], emergency: true, keyId: 'LTAIx', containOnly: true, force: true };

describe('a request', () => {
  test.each([
    ['by hand', shared, 'manual'],
    ['by a timer', timer(JSON.stringify(shared)), 'timer'],
  ])('%s', (_how, event, trigger) => {
    expect(rotate(event)).toEqual({ trigger, request: shared });
    expect(disable(event)).toEqual({ trigger, request: shared });
  });

  test.each([
    ['by hand', emergency],
    ['by a timer', timer(JSON.stringify(emergency))],
  ])('in an emergency, %s', (_how, event) => {
    expect(rotate(event)).toEqual({ trigger: 'emergency', request: { ...emergency, dryRun: false } });
  });

  test('that says emergency: false is none', () => {
    expect(rotate({ emergency: false }).trigger).toBe('manual');
  });

  test('may name several accounts, each once, and a part of the limit over all', () => {
    expect(rotate({ accounts: ['2', '1', '2'] }).request.accounts).toEqual(['2', '1']);
    expect(disable({ accounts: ['1'], disablesPerRun: 0 }).request).toMatchObject({ disablesPerRun: 0 });
  });

  test('names each user once, in the order given', () => {
    expect(rotate({ users: ['b', 'a', 'b'] }).request.users).toEqual(['b', 'a']);
    expect(rotate({ users: ['a', 'a'], emergency: true, keyId: 'k' }).request.users).toEqual(['a']);
  });
});

describe('refused', () => {
  test.each<[what: string, event: unknown, message: string]>([
    ['text', 'rotate everything', 'is not valid JSON'],
    [
      'one account and a list',
      { account: '1', accounts: ['2'] },
      'accounts: cannot stand beside account: name one account, or a list',
    ],
    ['no accounts', { accounts: [] }, 'accounts: must name at least one account'],
    ['null', 'null', 'is empty, but must be a mapping'],
    ['a list', [], 'must be a mapping'],
    ['a typo', { user: ['a'] }, 'user: unknown key (did you mean users?)'],
    ['a key of two lines', { 'a\nb': 1 }, 'a b: unknown key'],
    ['half a timer', { triggerName: 'daily', payload: '{}' }, 'triggerName: unknown key'],
    ['a payload that is no JSON', timer('{users'), 'payload: is not valid JSON'],
    [
      'a field twice',
      '{"users":["a"],"users":["b"]}',
      'names a field twice, so what it asks for is not clear',
    ],
    [
      'a field twice, in other letters',
      '{"dryRun":true,"dry\\u0052un":false}',
      'names a field twice, so what it asks for is not clear',
    ],
    [
      'a field twice in a payload',
      timer('{"dryRun":true,"dryRun":false}'),
      'payload: names a field twice, so what it asks for is not clear',
    ],
    ['a payload that is a mapping', timer({ users: ['a'] }), 'payload: must be JSON text'],
    ['a payload that is a list', timer('[]'), 'must be a mapping'],
    ['a typo in a payload', timer('{"dryrun": true}'), 'dryrun: unknown key (did you mean dryRun?)'],
    [
      'a field beside the payload',
      { ...timer('{}'), users: ['a'] },
      'users: belongs inside payload, as JSON text',
    ],
    ['one user', { users: 'a' }, 'users: must be a list (got a)'],
    ['no users', { users: [] }, 'users: must name at least one user'],
    ['an empty name', { users: ['a', ''] }, 'users[1]: must not be empty'],
    ['a number for a name', { users: [1] }, 'users[0]: must be text: put it in quotes (got 1)'],
    ['null for users', { users: null }, 'users: is empty, but must be a list'],
    ['a text for a boolean', { dryRun: 'true' }, 'dryRun: must be true or false (got true)'],
    ['an empty reason', { reason: '' }, 'reason: must not be empty'],
    ['an account that is a number', { account: 1234 }, 'account: must be text: put it in quotes (got 1234)'],
    ['an empty account', { account: '' }, 'account: must not be empty'],
  ])('by both functions: %s', (_what, event, message) => {
    expect(refusalOf(() => rotate(event))).toBe(message);
    expect(refusalOf(() => disable(event))).toBe(message);
  });

  test.each<[what: string, event: unknown, message: string]>([
    [
      'an emergency over several',
      { users: ['a'], emergency: true, accounts: ['1', '2'] },
      'accounts: cannot be named in an emergency',
    ],
    ['a limit of disable-inactive', { disablesPerRun: 3 }, 'disablesPerRun: unknown key'],
    ['an emergency of nobody', { emergency: true }, 'emergency: needs users, or keyId'],
    ['a rotation now of nobody', { rotate: true }, 'rotate: needs users'],
    [
      'a rotation now in an emergency',
      { users: ['a'], rotate: true, emergency: true },
      'rotate: cannot stand beside',
    ],
    ['a key outside of an emergency', { users: ['a'], keyId: 'k' }, 'keyId: needs emergency: true'],
    ['containOnly outside', { users: ['a'], containOnly: true }, 'containOnly: needs emergency: true'],
    ['force outside', { users: ['a'], force: true, emergency: false }, 'force: needs emergency: true'],
    [
      'a key of two',
      { users: ['a', 'b'], emergency: true, keyId: 'k' },
      'keyId: needs exactly one user in users',
    ],
    ['an empty key', { users: ['a'], emergency: true, keyId: '' }, 'keyId: must not be empty'],
    ['a typo', { users: ['a'], emergancy: true }, 'emergancy: unknown key (did you mean emergency?)'],
    ['emergency as text', { users: ['a'], emergency: 'yes' }, 'emergency: must be true or false (got yes)'],
  ])('by rotate-keys: %s', (_what, event, message) => {
    expect(refusalOf(() => rotate(event))).toContain(message);
  });

  test.each(['emergency', 'keyId', 'containOnly', 'force'])('by disable-inactive: %s', (field) => {
    expect(refusalOf(() => disable({ users: ['a'], [field]: true }))).toContain(`${field}: unknown key`);
  });
});

test('whatever comes in, it is a request or an error of one line', () => {
  const name = fc.constantFrom(
    'users',
    'emergency',
    'keyId',
    'containOnly',
    'force',
    'dryRun',
    'payload',
    'triggerTime',
    'triggerName',
  );
  const value = fc.oneof(fc.boolean(), fc.constant(['a']), fc.array(fc.string()), fc.jsonValue());
  const event = fc.oneof(
    fc.json(),
    fc.dictionary(name, value).map((fields) => JSON.stringify(fields)),
    fc.string(),
  );
  fc.assert(
    fc.property(event, (text) => {
      let request: ReturnType<typeof rotate>['request'];
      try {
        ({ request } = rotate(text));
      } catch (error) {
        expect(error).toBeInstanceOf(EventError);
        expect((error as Error).message).not.toMatch(/[\r\n]/);
        return;
      }
      const { users, emergency, keyId, containOnly, force } = request;
      if (keyId || containOnly || force) expect(emergency).toBe(true);
      if (emergency) expect(users?.length).toBeGreaterThan(0);
      if (keyId) expect(users).toHaveLength(1);
    }),
  );
});

function refusalOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    return error.message
      .replace(/^keyturn event: /, '')
      .replace(/; nothing was done$/, '')
      .replace(/ \(known here: .*\)$/, '');
  }
  throw new Error('accepted');
}

describe('the function for emergencies', () => {
  const urgent = (event: unknown) => parseEvent(Buffer.from(JSON.stringify(event)), 'emergency');

  test('has no other work, so its event need not say so', () => {
    const { trigger, request } = urgent({ users: ['svc-orders'] });
    expect({ trigger, request }).toMatchObject({ trigger: 'emergency', request: { emergency: true } });
  });

  test.each<[what: string, event: unknown, message: string]>([
    ['an empty event, which names nobody', {}, 'needs users'],
    ['emergency: false', { users: ['a'], emergency: false }, 'must be true'],
    ['a rollback', { users: ['a'], rollback: true }, 'cannot stand beside emergency'],
    ['a list', [], 'must be'],
  ])('refuses %s', (_, event, message) => {
    expect(() => urgent(event)).toThrow(message);
  });
});
