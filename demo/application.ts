import { Consumer, DAY, HOUR, MINUTE, type Pair, type Refused } from '../packages/local-alibaba-cloud/index';
import { SeededRandom } from '../src/base/seeded-random';
import { secretOf, type World } from './world';

/** Alibaba Cloud's own clients read a secret every six hours, give or take ten minutes. */
const READ_EVERY = { from: 5 * HOUR + 50 * MINUTE, to: 6 * HOUR + 10 * MINUTE };

export interface Habits {
  readonly user: string;
  /** A pair in a configuration file, used until the application moves to the secret. */
  readonly configured?: Pair;
  /** Milliseconds from the secret's creation to the day when the team moves the application to it. */
  readonly movesAfter?: number;
  /** Default: the one that keyturn keeps. */
  readonly secret?: string;
  /** Days that it goes on with the key that it has after it has read a new one. */
  readonly clings?: { readonly from: number; readonly to: number };
  /** Days awake and days asleep, in turns. */
  readonly sleeps?: { readonly awake: number; readonly asleep: number };
}

export interface Hour {
  readonly calls: number;
  /** Key ids of the calls that were refused, with the cloud's code. */
  readonly failures: readonly Refused[];
  /** What a reader may like to know of this program. */
  readonly news?: string;
}

const IDLE: Hour = { calls: 0, failures: [] };

/**
 * A program that works as a RAM user: it reads its secret now and then, by a role of its own, and signs a call every
 * hour with the pair that it holds. When its key is refused it reads the secret and tries once more.
 */
export class Application {
  readonly user: string;
  readonly #habits: Habits;
  readonly #world: World;
  readonly #chance: SeededRandom;
  readonly #consumer: Consumer;
  #held: Pair | undefined;
  #next: { pair: Pair; from: number } | undefined;
  #readAt = 0;
  #readAgainAt = 0;
  #asleepSince: number | undefined;
  #toldHabit = false;

  constructor(world: World, habits: Habits) {
    this.user = habits.user;
    this.#habits = habits;
    this.#world = world;
    this.#held = habits.configured;
    this.#chance = new SeededRandom(world.seed, `application ${habits.user}`);
    const secret = habits.secret ?? secretOf(habits.user);
    this.#consumer = new Consumer(world.cloud, world.account, habits.user, secret);
  }

  get asleep(): boolean {
    const { sleeps } = this.#habits;
    return sleeps !== undefined && this.#world.day % (sleeps.awake + sleeps.asleep) >= sleeps.awake;
  }

  /** The key that it signs with now. */
  get keyId(): string | undefined {
    return this.#held?.accessKeyId;
  }

  async hour(): Promise<Hour> {
    const before = this.#held;
    const hour = await this.#work();
    const news = this.#held === before ? undefined : this.#newsOf(before);
    this.#asleepSince = this.asleep ? (this.#asleepSince ?? this.#world.day) : undefined;
    return { ...hour, ...(news && { news }) };
  }

  /** What there is to say of the pair that it took just now; of its habits once. */
  #newsOf(before: Pair | undefined): string | undefined {
    if (!before) return 'The program starts with the key in its secret.';
    if (before === this.#habits.configured) return 'The team moves the program from a file to the secret.';
    if (this.#toldHabit) return undefined;
    this.#toldHabit = true;
    if (this.#asleepSince !== undefined) {
      const days = this.#world.day - this.#asleepSince;
      return `The program wakes after ${days} days of sleep, finds another key in its secret, and works.`;
    }
    if (!this.#habits.clings) return undefined;
    const days = Math.round((this.#world.now - this.#readAt) / DAY);
    return `The program lets go of the old key after ${days} days. Nobody has cut it off meanwhile.`;
  }

  async #work(): Promise<Hour> {
    if (this.asleep) return IDLE;
    if (this.#world.now >= this.#readAgainAt && this.#usesSecret) await this.#read();
    if (this.#next && this.#world.now >= this.#next.from) this.#take(this.#next.pair);
    if (!this.#held) return IDLE;
    const first = await this.#consumer.sign(this.#held);
    if (first === undefined) return { calls: 1, failures: [] };
    await this.#read();
    if (this.#next) this.#take(this.#next.pair);
    const second = await this.#consumer.sign(this.#held);
    return { calls: 2, failures: [first, second].filter((failure) => failure !== undefined) };
  }

  get #usesSecret(): boolean {
    const secret = this.#world.account.secret(this.#consumer.secret);
    return secret !== undefined && this.#world.now >= secret.createdAt + (this.#habits.movesAfter ?? 0);
  }

  async #read(): Promise<void> {
    const pair = await this.#consumer.read();
    this.#readAgainAt = this.#world.now + this.#chance.between(READ_EVERY.from, READ_EVERY.to);
    if (pair.accessKeyId === (this.#next?.pair ?? this.#held)?.accessKeyId) return;
    this.#readAt = this.#world.now;
    const { clings } = this.#habits;
    const clingsFor = clings && this.#held ? this.#chance.between(clings.from, clings.to) * DAY : 0;
    this.#next = { pair, from: this.#world.now + clingsFor };
  }

  #take(pair: Pair): void {
    this.#held = pair;
    this.#next = undefined;
  }
}
