import { DAY, HOUR, wireTime } from '../../packages/local-alibaba-cloud/index';
import { SeededRandom } from '../base/seeded-random';
import type { Config } from '../config/schema';
import type { Member, SimulatedAccount } from './member';
import type { KnownKey, KnownUser } from './status-file';

export interface Invention {
  readonly account: string;
  readonly region: string;
  readonly users: number;
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly startsAt: number;
}

type Kind = 'takeover' | 'current' | 'grace' | 'recovery' | 'new' | 'idle' | 'two-keys';

/** Of a hundred users with programs, how many are in which state. */
const mixture: Readonly<Record<Kind, number>> = {
  takeover: 30,
  current: 34,
  grace: 8,
  recovery: 6,
  new: 6,
  idle: 9,
  'two-keys': 7,
};
const kinds = Object.entries(mixture).flatMap(([kind, share]) => Array<Kind>(share).fill(kind as Kind));

/** An account in mixed states: those whom the configuration names come first, the rest are made up to the number. */
export function inventedCast(invention: Invention, config: Config): SimulatedAccount {
  const { account, region, users, startsAt } = invention;
  const { names, tag, group } = config.rotation.users;
  const exempt = config.exempt.flatMap((each) =>
    'user' in each && !names.includes(each.user) ? [each.user] : [],
  );
  const inventor = new Inventor(invention, config);
  const named = [
    ...names.map((name) => inventor.program(name)),
    ...exempt.map((name) => inventor.recordWriter(name)),
  ];
  const managesMore = tag !== undefined || group !== undefined;
  const made = Array.from({ length: Math.max(0, users - named.length) }, (_, index): Member => {
    const number = String(index + 1).padStart(String(users).length, '0');
    const person = index % 10 >= (managesMore ? 7 : 5);
    return person ? inventor.person(`dev-${number}`) : inventor.program(`svc-${number}`, managesMore);
  });
  const manages = names.length > 0 || managesMore;
  return {
    account,
    region,
    startsAt,
    members: [...named, ...made],
    others: 0,
    grace: config.rotation.grace.toMillis(),
    notes: [
      `The account is made up (seed ${invention.seed}). For one like yours: keyturn status --json > status.json, then --from status.json.`,
      ...(manages ? [] : ['The configuration manages nobody (rotation.users): no key is rotated.']),
    ],
  };
}

class Inventor {
  readonly #chance: SeededRandom;
  readonly #startsAt: number;
  readonly #config: Config;

  constructor({ seed, startsAt }: Invention, config: Config) {
    this.#chance = new SeededRandom(seed, 'account');
    this.#startsAt = startsAt;
    this.#config = config;
  }

  /** A program's user. One that is not managed only has a key of its own. */
  program(user: string, managed = true): Member {
    const kind = managed ? this.#kind() : this.#chance.next() < 0.7 ? 'takeover' : 'idle';
    const keys = this.#keys(kind);
    const secret = keys.some(({ role }) => role === 'current') ? 'present' : 'absent';
    return { known: knownUser(user, keys, secret), managed };
  }

  /** Signs in to the console, or has not for long; half of them have a key as well. */
  person(user: string): Member {
    const limit = this.#config.inactivity.users.disableAfter.toMillis();
    const idle = this.#chance.next() < 0.6 ? DAY : this.#chance.between(0.4, 1.1) * limit;
    const lastAt = this.#startsAt - idle;
    const key = this.#key('other', { age: this.#chance.between(40, 600) * DAY, used: idle + HOUR });
    return {
      known: knownUser(user, this.#chance.next() < 0.5 ? [key] : [], 'absent'),
      managed: false,
      logon: { lastAt },
    };
  }

  /** Is there for emergencies, and nobody uses it. */
  recordWriter(user: string): Member {
    const key = this.#key('other', { age: 400 * DAY });
    return {
      known: knownUser(user, [key], 'absent'),
      managed: false,
      logon: { lastAt: this.#startsAt - 300 * DAY },
    };
  }

  #kind(): Kind {
    return kinds[this.#chance.whole(0, kinds.length - 1)] ?? 'current';
  }

  #keys(kind: Kind): KnownKey[] {
    const { maxAge, grace, recovery } = this.#config.rotation;
    const chance = this.#chance;
    const old = () => chance.between(30, 900) * DAY;
    switch (kind) {
      case 'new':
        return [];
      case 'takeover':
        return [this.#key('other', { age: old(), used: HOUR })];
      case 'two-keys':
        return [this.#key('other', { age: old(), used: HOUR }), this.#key('other', { age: old() })];
      case 'idle': {
        const idle = chance.between(0.5, 1.2) * this.#config.inactivity.keys.disableAfter.toMillis();
        return [this.#key('other', { age: idle + old(), used: idle })];
      }
      case 'current':
        return [this.#key('current', { age: chance.between(0, 1.1) * maxAge.toMillis(), used: HOUR })];
      case 'grace': {
        const since = chance.between(0, 0.9) * grace.toMillis();
        return [
          this.#key('current', { age: since, used: Math.min(since, HOUR) }),
          {
            ...this.#key('old', { age: since + maxAge.toMillis(), used: since }),
            replacedAt: this.#ago(since),
          },
        ];
      }
      case 'recovery': {
        const since = chance.between(0, 0.9) * recovery.toMillis();
        const replaced = since + grace.toMillis() + 2 * DAY;
        return [
          this.#key('current', { age: replaced, used: HOUR }),
          {
            ...this.#key('old', { age: replaced + maxAge.toMillis(), used: replaced }),
            status: 'Inactive',
            replacedAt: this.#ago(replaced),
            disabledAt: this.#ago(since),
          },
        ];
      }
    }
  }

  /** @param used how long ago; never, if absent */
  #key(role: KnownKey['role'], { age, used }: { age: number; used?: number }): KnownKey {
    return {
      keyId: `made-up-${this.#chance.whole(0, 999_999_999)}`,
      role,
      status: 'Active',
      createdAt: this.#ago(age),
      lastUse: used === undefined ? { kind: 'never' } : { kind: 'at', at: this.#ago(used), service: 'Ecs' },
    };
  }

  #ago(ms: number): string {
    return wireTime(this.#startsAt - ms);
  }
}

const knownUser = (user: string, keys: KnownKey[], secret: KnownUser['secret']['state']): KnownUser => ({
  user,
  state: 'current',
  reason: 'Current',
  keys,
  secret: { state: secret },
});
