import { DAY, type Pair } from '../packages/local-alibaba-cloud/index';
import { SeededRandom } from '../src/base/seeded-random';
import type { Habits } from './application';
import { pairText, secretOf, type World } from './world';

/** Something that a person does on a day, in the morning. */
export interface Happening {
  readonly day: number;
  readonly user: string;
  readonly what: string;
  readonly act: (world: World) => void | Promise<void>;
}

export interface Member {
  readonly user: string;
  /** For the reader, before anything happens. */
  readonly about: string;
  /** The program that works as this user. */
  readonly habits?: Habits;
}

/** Signs in to the console, or does not. keyturn rotates no key of theirs. */
export interface Person {
  readonly user: string;
  /** For the reader, before anything happens. */
  readonly about: string;
  /** Signs in every morning. */
  readonly here?: true;
  /** Comes back so many days after the user was disabled, and signs in every morning from then on. */
  readonly backAfter?: number;
}

export interface Cast {
  readonly members: readonly Member[];
  readonly people: readonly Person[];
  readonly happenings: readonly Happening[];
  /** The user whose key leaks, as a person hears of. */
  readonly leak: string;
  /** The user whose leaked key Security Center finds. */
  readonly found: string;
  /** Users whom keyturn must not touch before a moment. */
  readonly exemptUntil: ReadonlyMap<string, number>;
  /** The part of keyturn's configuration that is about users. */
  readonly config: { readonly users: object; readonly exempt: readonly object[] };
}

/** Seeds the account, and tells who is in it. */
export function castOf(world: World, days: number): Cast {
  const { account } = world;
  const chance = new SeededRandom(world.seed, 'cast');
  const old = (age: number) => ({ createdAt: world.now - age * DAY, lastUsed: world.now - 3600_000 });
  const keyOf = (user: string, age: number, options: Parameters<typeof account.createUser>[1] = {}): Pair => {
    if (!account.users.has(user)) account.createUser(user, options);
    return account.createKey(user, old(age));
  };
  const secretByHand = (user: string, age: number, name = secretOf(user)): void => {
    const type = name.startsWith('acs/') ? 'RAMCredentials' : 'Generic';
    account.createSecret(name, 'v1', pairText(keyOf(user, age)), { createdAt: world.now - age * DAY, type });
  };

  account.createUser('svc-orders');
  const billing = keyOf('svc-billing', 412);
  const checkout = keyOf('svc-checkout', 203);
  const mobile = keyOf('svc-mobile', 95, { tags: { keyturn: 'rotate' } });
  const ledger = keyOf('svc-ledger', 640, { groups: ['rotated-accesskeys'] });
  const media = keyOf('svc-media', 330);
  const spare = keyOf('svc-media', 900);
  secretByHand('svc-search', 12);
  secretByHand('svc-legacy', 70);
  secretByHand('svc-batch', 24);
  secretByHand('svc-payroll', 51);
  secretByHand('svc-reports', 40, 'acs/ram/user/svc-reports');

  const signsIn = (user: string, idleDays: number, keyIdleDays = idleDays): void => {
    const ago = (idle: number) => world.now - idle * DAY;
    account.createUser(user, { createdAt: ago(500), consoleLogin: true, lastLogin: ago(idleDays) });
    account.createKey(user, { createdAt: ago(500), lastUsed: ago(keyIdleDays) });
  };
  const idle = new SeededRandom(world.seed, 'idle');
  const annsKey = idle.whole(74, 77);
  const ben = idle.whole(79, 81);
  signsIn('dev-ann', 1, annsKey);
  signsIn('dev-ben', ben);
  signsIn('break-glass', 400);

  const billingMoves = chance.whole(5, 8);
  const cleanUp = Math.max(6, Math.round(days * chance.between(0.15, 0.25)));
  const exemptFor = Math.max(8, Math.round(days * chance.between(0.28, 0.38)));
  const until = new Date(world.timeOf(exemptFor)).toISOString().slice(0, 10);
  const sleeps = { awake: chance.whole(4, 6), asleep: chance.whole(24, 36) };

  return {
    members: [
      {
        user: 'svc-orders',
        about: 'is new: no key and no secret yet. Its program starts when there is one.',
        habits: { user: 'svc-orders' },
      },
      {
        user: 'svc-billing',
        about: `has one key, 412 days old, in a configuration file. The team moves to the secret after ${billingMoves} days.`,
        habits: { user: 'svc-billing', configured: billing, movesAfter: billingMoves * DAY },
      },
      {
        user: 'svc-checkout',
        about: 'the same, 203 days old; the team moves the next day. One day its key will leak.',
        habits: { user: 'svc-checkout', configured: checkout, movesAfter: DAY },
      },
      {
        user: 'svc-mobile',
        about: 'is selected by the tag keyturn=rotate on the RAM user.',
        habits: { user: 'svc-mobile', configured: mobile },
      },
      {
        user: 'svc-ledger',
        about: 'is selected as a member of the RAM group rotated-accesskeys.',
        habits: { user: 'svc-ledger', configured: ledger, movesAfter: 3 * DAY },
      },
      {
        user: 'svc-search',
        about:
          'has a secret that a person made: it is adopted. One day Security Center finds its key in public code.',
        habits: { user: 'svc-search' },
      },
      {
        user: 'svc-legacy',
        about: 'the same, but its program goes on with the old key for days after each rotation.',
        habits: { user: 'svc-legacy', clings: { from: 5, to: 11 } },
      },
      {
        user: 'svc-batch',
        about: `the same, but its program works ${sleeps.awake} days and then sleeps for ${sleeps.asleep}.`,
        habits: { user: 'svc-batch', sleeps },
      },
      {
        user: 'svc-media',
        about: 'has two keys, and keyturn issued neither: a person must choose.',
        habits: { user: 'svc-media', configured: media, movesAfter: 2 * DAY },
      },
      {
        user: 'svc-payroll',
        about: `is exempt until ${until}, its end included.`,
        habits: { user: 'svc-payroll' },
      },
      {
        user: 'svc-reports',
        about: 'is rotated by a KMS secret of type RAMCredentials already: hands off.',
        habits: { user: 'svc-reports', secret: 'acs/ram/user/svc-reports' },
      },
      { user: 'svc-ghost', about: 'is named in the configuration, but there is no such user.' },
    ],
    people: [
      {
        user: 'dev-ann',
        about: `signs in to the console every morning, but nobody has used her AccessKey for ${annsKey} days.`,
        here: true,
      },
      {
        user: 'dev-ben',
        about: `has not signed in nor used his AccessKey for ${ben} days. One day he comes back.`,
        backAfter: idle.whole(4, 6),
      },
      { user: 'break-glass', about: 'is for emergencies: nobody uses it, and it is exempt.' },
    ],
    happenings: [
      {
        day: cleanUp,
        user: 'svc-media',
        what: 'A person deletes the key that nobody uses.',
        act: () => account.deleteKey(account.key(account.user('svc-media'), spare.accessKeyId)),
      },
    ],
    leak: 'svc-checkout',
    found: 'svc-search',
    exemptUntil: new Map([
      ['svc-payroll', world.timeOf(exemptFor + 1)],
      ['break-glass', Number.POSITIVE_INFINITY],
    ]),
    config: {
      users: {
        names: [
          'svc-orders',
          'svc-billing',
          'svc-checkout',
          'svc-search',
          'svc-legacy',
          'svc-batch',
          'svc-media',
          'svc-payroll',
          'svc-reports',
          'svc-ghost',
        ],
        tag: { key: 'keyturn', value: 'rotate' },
        group: 'rotated-accesskeys',
      },
      exempt: [
        { user: 'svc-payroll', reason: 'year-end closing', until },
        { user: 'break-glass', reason: 'emergency access' },
      ],
    },
  };
}
