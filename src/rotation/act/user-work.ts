import type { NetworkPolicy } from '../../cloud/access-key-policy';
import type { Cloud } from '../../cloud/cloud';
import type { KeyPair } from '../../cloud/credentials';
import type { Fact } from '../../notify/fact';
import { urgencyOf } from '../../notify/urgency';
import type { NoticeEntry } from '../../record/rotation';
import type { Action, ActionReport } from '../../report/run-report';
import { secretName } from '../../users/secret-name';
import type { UserIdentity } from '../../users/user';
import type { RotationContext } from '../context';
import type { Observation } from '../observation';
import type { HeldClaim } from './claim';
import { NoticeGatheredError } from './new-key-notices';
import { RecordWriter } from './record-writer';

/** One run's work on one user, under its claim: the latest look at the user, and what was done since. */
export class UserWork {
  readonly context: RotationContext;
  readonly claim: HeldClaim;
  readonly record: RecordWriter;
  readonly actions: ActionReport[] = [];
  observation: Observation;
  /** The keys that the user has now, as far as this run knows. */
  keyIds = new Set<string>();
  /** The network policies of keys that are to be replaced, read before a key was issued. */
  readonly networkPolicies = new Map<string, NetworkPolicy>();
  /** The pair that was issued since the latest look. */
  issued: KeyPair | undefined;
  /** The notice of the new key, where it is being sent beside the steps. */
  sending: Promise<NoticeEntry> | undefined;
  /** A key may exist that nobody knows of: the claim must outlive this run to tell whose it is. */
  isUnresolved = false;
  /** A key was issued that no record tells of yet, so the claim must outlive this run as well. */
  isUnrecorded = false;
  readonly #telling: Promise<unknown>[] = [];

  constructor(
    context: RotationContext,
    claim: HeldClaim,
    observation: Observation,
    tags: ReadonlyMap<string, string>,
    /** On `clock.elapsed()`: in an emergency, no call that the leaked keys' end waits for begins after it. */
    public killBy = Number.POSITIVE_INFINITY,
  ) {
    this.context = context;
    this.claim = claim;
    this.observation = observation;
    this.record = new RecordWriter(observation.user.id, context.clock, () => this.cloud());
    this.see(observation, tags);
  }

  /** Goes on from a new look at the user. */
  see(observation: Observation, tags: ReadonlyMap<string, string>): void {
    this.observation = observation;
    this.record.see(tags);
    this.keyIds = new Set(observation.keys.map((key) => key.id));
    this.issued = undefined;
    this.networkPolicies.clear();
  }

  get user(): UserIdentity {
    return this.observation.user;
  }

  get secretName(): string {
    return secretName(this.context.config, this.user.account, this.user.name);
  }

  get isEmergency(): boolean {
    return this.claim.by === 'emergency';
  }

  /** An emergency wins over a rollback that is under way. */
  get isRollback(): boolean {
    return !this.isEmergency && this.record.entries.rollback !== undefined;
  }

  /** The cloud, as long as the user is claimed. @throws ClaimLostError */
  async cloud(): Promise<Cloud> {
    return (await this.claim.cloud()).until(this.killBy);
  }

  /** The pair that an earlier step has issued. */
  newPair(): KeyPair {
    if (!this.issued) throw new Error(`no key was issued for user ${this.user.name} since the latest look`);
    return this.issued;
  }

  /** Does this, and reports what became of it. `done` gives the key that it was about, where that is not known before. */
  async reported(
    action: Action,
    keyId: string | undefined,
    done: () => Promise<string | undefined>,
  ): Promise<void> {
    try {
      const about = (await done()) ?? keyId;
      this.actions.push({ action, ...(about && { keyId: about }), outcome: 'done' });
    } catch (error) {
      if (error instanceof NoticeGatheredError) throw error;
      const about = keyId ?? this.issued?.keyId;
      this.actions.push({ action, ...(about && { keyId: about }), outcome: 'failed' });
      throw error;
    }
  }

  /** Sends a notice that nothing waits for: an alarm now, another one at the end of the run. */
  tell(fact: Fact): void {
    const { notifier, log } = this.context;
    if (urgencyOf(fact) === 'alarm') this.#telling.push(notifier.tell(fact, log));
    else notifier.keep(fact);
  }

  async told(): Promise<void> {
    await Promise.all(this.#telling);
  }
}
