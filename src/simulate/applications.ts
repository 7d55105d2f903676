import {
  type Account,
  Consumer,
  DAY,
  HOUR,
  type LocalCloud,
  MINUTE,
  type Pair,
  type Refused,
} from '../../packages/local-alibaba-cloud/index';
import { SeededRandom } from '../base/seeded-random';
import type { Config } from '../config/schema';
import { secretName } from '../users/secret-name';
import { LATELY_DAYS, type Member, type SimulatedAccount } from './member';
import type { Seeded } from './seed';

/** Alibaba Cloud's own clients read a secret at least so often. */
const READ_WITHIN = 6 * HOUR + 10 * MINUTE;
const READ_STEP = 10 * MINUTE;

export interface Failure extends Refused {
  readonly user: string;
  readonly at: number;
}

export interface ApplicationsOptions {
  readonly cloud: LocalCloud;
  readonly account: Account;
  readonly config: Config;
  readonly cast: SimulatedAccount;
  readonly furnished: Seeded;
  readonly seed: number;
  /** Users whose application never reads its secret again. */
  readonly careless: ReadonlySet<string>;
  readonly turnTo: (moment: number) => void;
}

/** The programs of all users. They live between the runs. */
export class Applications {
  calls = 0;
  readonly failures: Failure[] = [];

  readonly #all: readonly Application[];
  readonly #turnTo: (moment: number) => void;

  constructor({ cloud, account, config, cast, furnished, seed, careless, turnTo }: ApplicationsOptions) {
    this.#turnTo = turnTo;
    this.#all = cast.members.filter(worksOn(cast.startsAt)).map((member) => {
      const { user } = member.known;
      const name = secretName(config.rotation, cast.account, user);
      return new Application({
        account,
        user,
        consumer: new Consumer(cloud, account, user, name),
        held: heldAtFirst(member, furnished),
        careless: careless.has(user),
        chance: new SeededRandom(seed, `application ${user}`),
      });
    });
  }

  /** All that they do before this moment. */
  async liveUntil(moment: number): Promise<void> {
    for (;;) {
      const next = Math.min(...this.#all.map(({ dueAt }) => dueAt));
      if (next >= moment) return;
      this.#turnTo(next);
      const due = this.#all.filter(({ dueAt }) => dueAt <= next);
      const acts = await Promise.all(due.map((application) => application.act(next)));
      acts.forEach(({ calls, refused }, index) => {
        this.calls += calls;
        const { user = '' } = due[index] ?? {};
        for (const each of refused) this.failures.push({ ...each, user, at: next });
      });
    }
  }

  /** Every one of them is to sign at this moment. */
  callAt(moment: number): void {
    for (const application of this.#all) application.callAt(moment);
  }

  /** After a run: whose keys or secret were changed shows at once whether it still works. */
  runEnded(now: number, touched: ReadonlySet<string>): void {
    for (const application of this.#all) {
      if (touched.has(application.user)) application.callAt(now + MINUTE);
      application.noticeSecret(now);
    }
  }
}

interface ApplicationOptions {
  readonly account: Account;
  readonly user: string;
  readonly consumer: Consumer;
  readonly held: Pair | undefined;
  readonly careless: boolean;
  readonly chance: SeededRandom;
}

/**
 * One program. It works all day long; of its calls those are made that can show anything: the last before a run,
 * the first after one that touched its user, and those around a new pair. It reads its secret within six hours of
 * a change, as one does that reads it every six hours.
 */
class Application {
  readonly user: string;
  readonly #options: ApplicationOptions;
  #held: Pair | undefined;
  #callAt = Number.POSITIVE_INFINITY;
  #readAt = Number.POSITIVE_INFINITY;

  constructor(options: ApplicationOptions) {
    this.user = options.user;
    this.#options = options;
    this.#held = options.held;
  }

  get dueAt(): number {
    return Math.min(this.#callAt, this.#readAt);
  }

  callAt(moment: number): void {
    this.#callAt = Math.min(this.#callAt, moment);
  }

  noticeSecret(now: number): void {
    if (this.#held && this.#options.careless) return;
    const keyId = this.#keyIdInSecret();
    const readsSoon = this.#readAt < Number.POSITIVE_INFINITY;
    if (readsSoon || keyId === undefined || keyId === this.#held?.accessKeyId) return;
    this.#readAt = now + Math.ceil(this.#options.chance.between(1, READ_WITHIN) / READ_STEP) * READ_STEP;
  }

  async act(now: number): Promise<{ calls: number; refused: readonly Refused[] }> {
    const { consumer, careless } = this.#options;
    const reads = this.#readAt <= now;
    if (reads) this.#readAt = Number.POSITIVE_INFINITY;
    this.#callAt = Number.POSITIVE_INFINITY;
    const first = this.#held && (await consumer.sign(this.#held));
    const calls = this.#held ? 1 : 0;
    const mayRead = (first !== undefined && !careless) || reads;
    if (!mayRead || this.#keyIdInSecret() === undefined) return { calls, refused: first ? [first] : [] };
    this.#readAt = Number.POSITIVE_INFINITY;
    this.#held = await consumer.read();
    const second = await consumer.sign(this.#held);
    return { calls: calls + 1, refused: [first, second].filter((each) => each !== undefined) };
  }

  /** A secret that names no key of the user is nobody's source. */
  #keyIdInSecret(): string | undefined {
    const { account, consumer, user } = this.#options;
    const versions = [...(account.secret(consumer.secret)?.versions.values() ?? [])];
    const current = versions.find(({ stages }) => stages.has('ACSCurrent'));
    const keyId = current && /"AccessKeyId":"([^"]+)"/.exec(current.data)?.[1];
    return keyId && account.users.get(user)?.keys.has(keyId) ? keyId : undefined;
  }
}

/** A program that has no key yet starts with its first one. */
const worksOn =
  (startsAt: number) =>
  ({ known: { keys, secret }, managed }: Member): boolean => {
    if (keys.length === 0) return managed && secret.state === 'absent';
    return keys.some(
      (key) => key.status === 'Active' && usedAt(key, startsAt) > startsAt - LATELY_DAYS * DAY,
    );
  };

/** A use that could not be read counts as one of now. */
function usedAt({ lastUse }: Member['known']['keys'][number], startsAt: number): number {
  if (lastUse.kind === 'unread') return startsAt;
  return lastUse.kind === 'at' ? Date.parse(lastUse.at) : Number.NEGATIVE_INFINITY;
}

/** The enabled key that was used last. */
function heldAtFirst({ known }: Member, { pairs }: Seeded): Pair | undefined {
  const [latest] = known.keys
    .filter(({ status, lastUse }) => status === 'Active' && lastUse.kind !== 'never')
    .sort((a, b) => usedAt(b, Number.POSITIVE_INFINITY) - usedAt(a, Number.POSITIVE_INFINITY));
  return latest && pairs.get(known.user)?.get(latest.keyId);
}
