import type { DateTime } from 'luxon';
import type { Clock } from '../../base/clock';
import { skewAllowance } from '../../base/time';
import type { Cloud } from '../../cloud/cloud';
import { type Claim, type Intent, readRecord, write } from '../../record/rotation';
import { claimTagKey } from '../../record/tags';

/** A claim holds this long after it was last written; a run that is killed frees the user after it. */
const leaseMs = 40_000;
/** No call is begun this close to the end of the lease, as it may take so long to be executed. */
const callMs = 10_000;
/** A step is begun only with this much of the lease left. */
const marginMs = 20_000;
const ownWriteVisibleMs = 20_000;
const timerAttempts = 3;

export interface ClaimRequest {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly runId: string;
  readonly userId: string;
  readonly by: Claim['by'];
  /** A person waits for this run: it waits for others as an emergency does. */
  readonly patient?: true;
  readonly intent?: Intent;
  /** On `clock.elapsed()`: the claim is taken by then or not at all. */
  readonly until?: number;
  /** On `clock.elapsed()`: after it an emergency goes on beside another run that is still at work. */
  readonly waitsUntil?: number;
  /** Written in the same call, such as the intent of an emergency. */
  readonly tags?: Readonly<Record<string, string>>;
}

export type ClaimResult<T> =
  | {
      readonly kind: 'held';
      readonly claim: HeldClaim;
      /** The user's tags, read after the claim was written. */
      readonly tags: ReadonlyMap<string, string>;
      readonly also: T;
    }
  | { readonly kind: 'busy'; readonly other: Claim };

/** The claim lapsed or never became visible. Nothing more is written for this user in this run. */
export class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError';
}

/**
 * Takes the user for this run. Tags know no compare-and-set: each run writes a tag of its own, reads until it
 * sees that, and steps back if it sees another live one. Of two runs at least one sees the other. A timer run
 * gives up after a few tries; an emergency, or what a person waits for, waits until the other is done or its lease
 * has run out. To an emergency all but another one leave the user at once.
 */
export async function takeClaim<T>(
  request: ClaimRequest,
  readAlso: (cloud: Cloud) => Promise<T>,
): Promise<ClaimResult<T>> {
  const watch = new Watch(request.clock);
  for (let attempt = 1; ; attempt++) {
    const claim = new HeldClaim(request, attempt);
    const { tags, also } = await claim.write(readAlso);
    const others = readRecord(tags).claims.filter((other) => !isOwnClaim(other.runId, request.runId));
    const alive = others.find((other) => isAlive(other, request, watch));
    const waited = request.clock.elapsed() >= (request.waitsUntil ?? Number.POSITIVE_INFINITY);
    if (!alive || waited) return { kind: 'held', claim, tags, also };
    await claim.release();
    const yields = request.by === 'timer' && alive.by === 'emergency';
    if (yields || (isHasty(request) && attempt === timerAttempts)) {
      return { kind: 'busy', other: alive };
    }
    await request.clock.sleep(500 + Math.random() * 1500);
  }
}

/** Whether a claim is one of this run's attempts. */
const isOwnClaim = (id: string, runId: string): boolean => id.startsWith(`${runId}.`);

const isHasty = ({ by, patient }: ClaimRequest): boolean => by === 'timer' && !patient;

function isAlive(other: Claim, request: ClaimRequest, watch: Watch): boolean {
  if (other.expiresAt.plus(skewAllowance) <= request.clock.now()) return false;
  return isHasty(request) || watch.unchangedFor(other) < leaseMs;
}

/** How long a claim has stood unchanged before our own eyes, which no clock skew can falsify. */
class Watch {
  readonly #seen = new Map<string, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  unchangedFor(claim: Claim): number {
    const now = this.#clock.elapsed();
    const sight = `${claim.runId} ${claim.expiresAt.toMillis()}`;
    const since = this.#seen.get(sight) ?? now;
    this.#seen.set(sight, since);
    return now - since;
  }
}

/** A claim on one user that this run holds, and the cloud as long as it does. */
export class HeldClaim {
  readonly #request: ClaimRequest;
  /** Another one for each attempt: the mark of the last may still be seen after it was taken away. */
  readonly #id: string;
  #intent: Intent | undefined;
  #endsAt: number;
  #cloud: Cloud;

  constructor(request: ClaimRequest, attempt: number) {
    this.#request = request;
    this.#id = `${request.runId}.${attempt}`;
    this.#intent = request.intent;
    this.#endsAt = request.clock.elapsed() + leaseMs;
    this.#cloud = request.cloud.until(this.#endsAt - callMs);
  }

  /** Writes the claim, then reads the user's tags with it, and what else is asked for beside them. */
  async write<T>(
    readAlso: (cloud: Cloud) => Promise<T>,
  ): Promise<{ tags: ReadonlyMap<string, string>; also: T }> {
    try {
      this.#cloud = this.#cloud.until(this.#request.until ?? Number.POSITIVE_INFINITY);
      await this.#put(this.#cloud, this.#request.tags);
      const [tags, also] = await Promise.all([this.#readBack(), readAlso(this.#cloud)]);
      this.#cloud = this.#request.cloud.until(this.#endsAt - callMs);
      return { tags, also };
    } catch (error) {
      await this.release().catch(() => undefined);
      throw error;
    }
  }

  get by(): Claim['by'] {
    return this.#request.by;
  }

  get intent(): Intent | undefined {
    return this.#intent;
  }

  /** The cloud, with the claim renewed if need be. @throws ClaimLostError */
  async cloud(): Promise<Cloud> {
    const left = this.#endsAt - this.#request.clock.elapsed();
    if (left <= 0) {
      throw new ClaimLostError(
        'The claim on this user ran out while the run was held up; the next run goes on.',
      );
    }
    if (left < marginMs) await this.#renew();
    return this.#cloud;
  }

  /** Records that a key is about to be issued. */
  async declare(intent: Intent): Promise<void> {
    this.#intent = intent;
    await this.#renew();
  }

  /** Reads the user's tags until this run's own one is among them. */
  async #readBack(): Promise<ReadonlyMap<string, string>> {
    const { clock, userId } = this.#request;
    const giveUpAt = clock.elapsed() + ownWriteVisibleMs;
    for (let pause = 250; ; pause *= 2) {
      const tags = await this.#cloud.ims.listTags(userId);
      if (tags.has(this.#key)) return tags;
      if (clock.elapsed() + pause > giveUpAt) {
        throw new ClaimLostError(
          'The tag that this run wrote on the user did not become visible, so nothing was changed; the next run tries again.',
        );
      }
      await clock.sleep(pause);
    }
  }

  async release(settled: readonly string[] = []): Promise<void> {
    await this.#request.cloud.ims.untag(this.#request.userId, [this.#key, ...settled]);
  }

  /** Lets the next run take over at once, and leaves it the intent. */
  async lapse(): Promise<void> {
    await this.#put(this.#request.cloud, {}, this.#request.clock.now().minus(skewAllowance));
  }

  get #key(): string {
    return claimTagKey(this.#id);
  }

  async #renew(): Promise<void> {
    const endsAt = this.#request.clock.elapsed() + leaseMs;
    await this.#put(this.#request.cloud);
    this.#endsAt = endsAt;
    this.#cloud = this.#request.cloud.until(endsAt - callMs);
  }

  async #put(
    { ims }: Cloud,
    more: Readonly<Record<string, string>> = {},
    expiresAt: DateTime = this.#request.clock.now().plus(leaseMs),
  ): Promise<void> {
    const { by, userId } = this.#request;
    const value = write.claim({
      runId: this.#id,
      by,
      expiresAt,
      ...(this.#intent && { intent: this.#intent }),
    });
    await ims.tag(userId, { ...more, [this.#key]: value });
  }
}
