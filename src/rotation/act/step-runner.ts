import type { DateTime } from 'luxon';
import type { Cloud } from '../../cloud/cloud';
import type { KeyPair } from '../../cloud/credentials';
import { CloudError, isCode, orUndefined } from '../../cloud/error';
import type { SecretVersion } from '../../cloud/kms';
import type { IssuedAccessKey } from '../../cloud/ram';
import { contained, deleted, disabled, type Fact, instant } from '../../notify/fact';
import {
  claimTagKey,
  deadClaims,
  type NoticeEntry,
  type OldEntry,
  readRecord,
  tagKeys,
  type UserRecord,
  write,
} from '../../record/rotation';
import type { Action, ActionReport } from '../../report/run-report';
import type { RotationContext } from '../context';
import type { Remembered, Step } from '../decide/decision';
import { type Observation, standbyStage } from '../observation';
import { secretName } from '../observe';
import type { HeldClaim } from './claim';
import { lastUsedOf, rotatedFact } from './notices';
import { ProofError, prove } from './prove';

const policiesUnknown =
  'This account or region does not know network policies of single AccessKeys, so there was none to carry over.';

/** Not every channel has taken the notice of a rotation. Nothing is wrong with the user's keys. */
export class UndeliveredError extends Error {
  override readonly name = 'UndeliveredError';
  readonly since: DateTime;

  constructor(since: DateTime) {
    super('The notice of the rotation was not taken by every channel that is due.');
    this.since = since;
  }
}

const actionOf: Partial<Record<Step['do'], Action>> = {
  create: 'CreateAccessKey',
  store: 'StoreSecret',
  prove: 'ProveKey',
  promote: 'PromoteSecret',
  notify: 'NotifyConsumers',
  disable: 'DisableAccessKey',
  delete: 'DeleteAccessKey',
  enable: 'EnableAccessKey',
};

/** The actions that a plan announces, without doing them. */
export function planned(steps: readonly Step[]): ActionReport[] {
  return steps.flatMap((step) => {
    const action = actionOf[step.do];
    if (!action) return [];
    return [
      { action, ...('keyId' in step && step.keyId && { keyId: step.keyId }), outcome: 'planned' as const },
    ];
  });
}

/** In an emergency: storing beside proving, the network policy beside promoting, and all leaked keys at once. */
function waves(steps: readonly Step[]): Step[][] {
  return steps.reduce<Step[][]>((all, step) => {
    const last = all.at(-1);
    const before = last?.at(-1)?.do;
    const beside =
      (step.do === 'prove' && before === 'store') ||
      (step.do === 'promote' && before === 'copyNetworkPolicy') ||
      (isKill(step) && last?.every(isKill) === true);
    if (last && beside) last.push(step);
    else all.push([step]);
    return all;
  }, []);
}

const isKill = (step: Step): boolean => step.do === 'disable' && step.because === 'leaked';

/**
 * One run's work on one user, under its claim. Each step may be repeated by a later run, whatever became of
 * it in this one; `create`, which may not, is fenced by the intent in the claim.
 */
export class StepRunner {
  readonly actions: ActionReport[] = [];
  readonly #context: RotationContext;
  readonly #claim: HeldClaim;
  readonly #emergency: boolean;
  readonly #written = new Map<string, string | undefined>();
  readonly #telling: Promise<unknown>[] = [];
  #observation: Observation;
  #tags: ReadonlyMap<string, string> = new Map();
  #keyIds = new Set<string>();
  #issued: KeyPair | undefined;
  #sending: Promise<NoticeEntry> | undefined;
  /** A key may exist that nobody knows of: the claim must outlive this run to tell whose it is. */
  #unresolved = false;
  /** A key was issued that no record tells of yet, so the claim must outlive this run as well. */
  #unrecorded = false;

  constructor(
    context: RotationContext,
    claim: HeldClaim,
    observation: Observation,
    tags: ReadonlyMap<string, string>,
  ) {
    this.#context = context;
    this.#claim = claim;
    this.#emergency = claim.by === 'emergency';
    this.#observation = observation;
    this.see(observation, tags);
  }

  /** Goes on from a new look at the user. */
  see(observation: Observation, tags: ReadonlyMap<string, string>): void {
    this.#observation = observation;
    this.#tags = tags;
    this.#keyIds = new Set(observation.keys.map((key) => key.id));
    this.#issued = undefined;
  }

  /** Tags as read, with what this turn has written since: a read may lag behind a write. */
  withOwnWrites(tags: ReadonlyMap<string, string>): Map<string, string> {
    const merged = new Map(tags);
    for (const [key, value] of this.#written) {
      if (value === undefined) merged.delete(key);
      else merged.set(key, value);
    }
    return merged;
  }

  /** Does the steps in order; in an emergency, side by side what does not wait for one another. */
  async take(steps: readonly Step[]): Promise<void> {
    const all = this.#emergency ? waves(steps) : steps.map((step) => [step]);
    for (const wave of all) {
      if (wave.some(isKill)) this.#tellBeside(steps);
      const results = await Promise.allSettled(wave.map((step) => this.#report(step)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    }
  }

  /** Frees the user for the next run, and clears what stopped runs left, unless that is still to be finished. */
  async end(): Promise<void> {
    await Promise.all(this.#telling);
    if (this.#unresolved || this.#unrecorded) return this.#claim.lapse();
    const dead = deadClaims(this.#record, this.#context.clock.now());
    await this.#claim.release(dead.filter((runId) => !this.#isNeeded(runId)).map(claimTagKey));
  }

  /** Whether the mark of a stopped run still tells whose a key is that no record tells of. */
  #isNeeded(runId: string): boolean {
    const { claims, current, old, standby } = this.#record;
    const before = claims.find((claim) => claim.runId === runId)?.intent?.before;
    const known = [...(before ?? []), current?.keyId, old?.keyId, standby?.keyId];
    return before !== undefined && [...this.#keyIds].some((id) => !known.includes(id));
  }

  /** Sends a notice that nothing waits for. */
  tell(fact: Fact): void {
    const { notifier, log } = this.#context;
    this.#telling.push(notifier.tell(fact, log));
  }

  get #record(): UserRecord {
    return readRecord(this.#tags);
  }

  /** An emergency wins over a rollback that is under way. */
  get #isRollback(): boolean {
    return !this.#emergency && this.#record.rollback !== undefined;
  }

  get #user() {
    return this.#observation.user;
  }

  get #secretName(): string {
    return secretName(this.#context.config, this.#user.name);
  }

  async #report(step: Step): Promise<void> {
    const action = actionOf[step.do];
    const named = 'keyId' in step ? step.keyId : undefined;
    try {
      const keyId = (await this.#do(step)) ?? named;
      if (action) this.actions.push({ action, ...(keyId && { keyId }), outcome: 'done' });
    } catch (error) {
      const keyId = named ?? this.#issued?.keyId;
      if (action) this.actions.push({ action, ...(keyId && { keyId }), outcome: 'failed' });
      throw error;
    }
  }

  /** Gives the key that the step was about, where the step does not name it. */
  async #do(step: Step): Promise<string | undefined> {
    switch (step.do) {
      case 'create':
        return this.#create();
      case 'store':
        return this.#store();
      case 'prove':
        return this.#prove(step.keyId, step.versionId);
      case 'copyNetworkPolicy':
        return this.#copyNetworkPolicy(step.keyId, step.from);
      case 'promote':
        return this.#promote(step.keyId, step.from, step.versionId);
      case 'confirm':
        return this.#confirm(step);
      case 'notify':
        return this.#notify();
      case 'enable':
        return this.#enable(step.keyId);
      case 'disable':
        return this.#disable(step.keyId, step.because);
      case 'delete':
        return this.#delete(step.keyId, step.because);
      case 'remember':
        return this.#remember(step.entries);
    }
  }

  async #create(): Promise<string> {
    const { clock, endsAt } = this.#context;
    const before = [...this.#keyIds];
    if (!before.every((id) => this.#claim.intent?.before.includes(id)) || !this.#claim.intent) {
      await this.#claim.declare({ at: clock.now(), until: endsAt, before });
    }
    const issued = await this.#createFenced(before);
    this.#unrecorded = true;
    this.#issued = { keyId: issued.id, secret: issued.secret };
    this.#keyIds.add(issued.id);
    return issued.id;
  }

  /** Where the answer is lost, RAM is asked what became of the call before it is made again. */
  async #createFenced(before: readonly string[]): Promise<IssuedAccessKey> {
    const userName = this.#user.name;
    try {
      return await (await this.#cloud()).ram.createAccessKey(userName);
    } catch (error) {
      if (!(error instanceof CloudError) || error.outcome === 'refused') throw error;
      this.#unresolved = true;
      const keys = await (await this.#cloud()).ram.listAccessKeys(userName);
      const lost = keys.filter((key) => !before.includes(key.id));
      if (lost.length > 1) throw error;
      for (const { id } of lost) await this.#withdraw(id);
      const issued = await (await this.#cloud()).ram.createAccessKey(userName);
      this.#unresolved = lost.length === 0;
      return issued;
    }
  }

  async #withdraw(keyId: string): Promise<void> {
    await this.#report({ do: 'disable', keyId, because: 'withdrawn' });
    await this.#report({ do: 'delete', keyId, because: 'withdrawn' });
  }

  async #store(): Promise<string> {
    const issued = this.#expectIssued();
    const { clock, config } = this.#context;
    const name = this.#secretName;
    const version = { name, versionId: issued.keyId, pair: { ...issued, generatedAt: clock.now() } };
    try {
      const { kms } = await this.#cloud();
      if (this.#observation.secret.kind === 'absent') {
        const { encryptionKeyId, kmsInstanceId } = config.secret;
        const description = `AccessKey of RAM user ${this.#user.name}, rotated by keyturn`;
        await kms.createSecret({ ...version, description, encryptionKeyId, kmsInstanceId });
      } else {
        await kms.putSecretValue({ ...version, stages: [standbyStage] });
      }
    } catch (error) {
      const unresolved = this.#unresolved;
      this.#unresolved = true;
      if (error instanceof CloudError && error.outcome === 'refused') {
        await this.#withdraw(issued.keyId);
        this.#unresolved = unresolved;
        this.#unrecorded = false;
      }
      throw error;
    }
    return issued.keyId;
  }

  async #prove(keyId: string | undefined, versionId: string | undefined): Promise<string> {
    const pair = await this.#pair(keyId, versionId);
    try {
      await prove(pair, this.#user, this.#context.clock, () => this.#cloud());
    } catch (error) {
      if (error instanceof ProofError && !this.#isRollback) await this.#countFailure(pair.keyId);
      throw error;
    }
    return pair.keyId;
  }

  async #pair(keyId: string | undefined, named: string | undefined): Promise<KeyPair> {
    if (keyId === undefined) return this.#expectIssued();
    const versionId = named ?? keyId;
    const { kms } = await this.#cloud();
    const pair = await kms.readPair(this.#secretName, { versionId });
    if (pair.keyId === keyId) return pair;
    throw new ProofError(
      `Version ${versionId} of the secret of user ${this.#user.name} holds key ${pair.keyId} instead of ${keyId}: find out who stored it.`,
    );
  }

  async #countFailure(keyId: string): Promise<void> {
    const { standby, claims } = this.#record;
    const known = standby?.keyId === keyId ? standby : undefined;
    const intents = [this.#claim.intent, ...claims.map((claim) => claim.intent)];
    const before =
      known?.before ??
      intents.find((intent) => intent && !intent.before.includes(keyId))?.before ??
      [...this.#keyIds].filter((id) => id !== keyId);
    await this.#remember({
      standby: {
        keyId,
        failingSince: known?.failingSince ?? this.#context.startedAt,
        failures: (known?.failures ?? 0) + 1,
        before,
      },
    });
    this.#unrecorded = false;
  }

  /** A key's own network policy closes what rotation must not open again. */
  async #copyNetworkPolicy(named: string | undefined, from: string): Promise<undefined> {
    const to = named ?? this.#expectIssued().keyId;
    const { ims } = await this.#cloud();
    const { principalName } = this.#user;
    const policy =
      this.#observation.networkPolicies?.get(from) ??
      (await orUndefined(ims.getAccessKeyPolicy(principalName, from), 'EntityNotExist.User.AccessKey'));
    if (policy?.kind === 'unknown') this.#context.notes.add(policiesUnknown);
    if (policy?.kind !== 'policy') return;
    await this.#reportingCopy(to, () => ims.setAccessKeyPolicy(principalName, to, policy.text));
  }

  async #reportingCopy(keyId: string, copy: () => Promise<void>): Promise<void> {
    const action = 'CarryNetworkPolicy';
    try {
      await copy();
      this.actions.push({ action, keyId, outcome: 'done' });
    } catch (error) {
      this.actions.push({ action, keyId, outcome: 'failed' });
      throw error;
    }
  }

  async #promote(named: string | undefined, from: string, versionId: string | undefined): Promise<string> {
    const keyId = named ?? this.#expectIssued().keyId;
    const { kms } = await this.#cloud();
    await kms.moveStage({ name: this.#secretName, stage: 'ACSCurrent', to: versionId ?? keyId, from });
    return keyId;
  }

  async #confirm({ keyId: named, versionId, old, rolledBack }: ConfirmStep): Promise<string> {
    const keyId = named ?? this.#expectIssued().keyId;
    const { clock, startedAt, notifier } = this.#context;
    const versions = await this.#versions();
    await this.#markPrevious(versionId ?? keyId, old, versions);
    const now = clock.now();
    const told = notifier.due(this.#rotated(keyId, old?.keyId)).length === 0;
    if (told && !this.#sending) this.#tellLog(keyId);
    const notice = {
      versionId: keyId,
      since: startedAt,
      takenBy: [],
      ...(told && { deliveredAt: startedAt }),
    };
    await this.#write({
      [tagKeys.user]: this.#user.name,
      [tagKeys.current]: write.current({ keyId, origin: rolledBack ? 'adopted' : 'issued', provenAt: now }),
      ...(rolledBack && { [tagKeys.hold]: write.hold({}) }),
      ...(old && { [tagKeys.old]: this.#oldTag(old) }),
      [tagKeys.notice]: write.notice(notice),
      [tagKeys.standby]: undefined,
      [tagKeys.emergency]: this.#emergency
        ? write.emergency({ kind: 'replaced', keyIds: [keyId], at: now })
        : this.#containedStill(),
      ...(this.#emergency && { [tagKeys.rollback]: undefined }),
    });
    this.#unrecorded = false;
    await this.#unmarkStandby(keyId, versions);
    return keyId;
  }

  /** A key that leaked stays known as such while it exists: nothing may bring it back. */
  #containedStill(): string | undefined {
    const { emergency } = this.#record;
    const left = emergency?.kind === 'contained' && emergency.keyIds.some((id) => this.#keyIds.has(id));
    return left ? write.emergency(emergency) : undefined;
  }

  async #versions(): Promise<readonly SecretVersion[]> {
    if (this.#observation.secret.kind !== 'present') return [];
    const { kms } = await this.#cloud();
    return (await kms.listVersions(this.#secretName)) ?? [];
  }

  /** ACSPrevious goes to the version that ACSCurrent came from: not every KMS moves it by itself. */
  async #markPrevious(
    versionId: string,
    old: OldEntry | undefined,
    versions: readonly SecretVersion[],
  ): Promise<void> {
    const { secret } = this.#observation;
    const current = secret.kind === 'present' ? secret.currentVersionId : undefined;
    const before = current === versionId ? old?.keyId : current;
    const previous = carrierOf(versions, 'ACSPrevious');
    if (!before || previous === before || !versions.some((version) => version.id === before)) return;
    const { kms } = await this.#cloud();
    const from = previous && { from: previous };
    await kms.moveStage({ name: this.#secretName, stage: 'ACSPrevious', to: before, ...from });
  }

  /** Only now: until the record says so, the stage tells that the key is keyturn's. */
  async #unmarkStandby(keyId: string, versions: readonly SecretVersion[]): Promise<void> {
    if (carrierOf(versions, standbyStage) !== keyId) return;
    const { kms } = await this.#cloud();
    await kms.removeStage({ name: this.#secretName, stage: standbyStage, from: keyId });
  }

  async #notify(): Promise<string> {
    const keyId = this.#record.current?.keyId ?? '';
    const known = this.#record.notice;
    const notice =
      known?.versionId === keyId ? known : { versionId: keyId, since: this.#context.startedAt, takenBy: [] };
    if (notice.deliveredAt) return keyId;
    const sent = await (this.#sending ?? this.#send(notice));
    await this.#write({ [tagKeys.notice]: write.notice(sent) });
    if (!sent.deliveredAt) throw new UndeliveredError(sent.since);
    return keyId;
  }

  async #send(notice: NoticeEntry): Promise<NoticeEntry> {
    const { notifier, startedAt, log } = this.#context;
    const fact = this.#rotated(notice.versionId, this.#record.old?.keyId);
    const due = notifier.due(fact).map((channel) => channel.id);
    if (due.length === 0) this.#tellLog(notice.versionId);
    const missing = due.filter((id) => !notice.takenBy.includes(id));
    const delivery = await notifier.tell(fact, log, missing);
    const takenBy = [...notice.takenBy, ...delivery.taken];
    const complete = due.every((id) => takenBy.includes(id));
    return { ...notice, takenBy, ...(complete && { deliveredAt: startedAt }) };
  }

  /** Comes before the record says that the notice is delivered: a run may be stopped between the two. */
  #tellLog(keyId: string): void {
    this.#context.log.info(
      { user: this.#user.name, keyId },
      'no channel is due: this line and the report are the notice',
    );
  }

  #rotated(keyId: string, oldKeyId: string | undefined): Fact {
    const { hold, current } = this.#record;
    // Of adopted keys only one that is current again is told of.
    const rolledBack = current?.keyId === keyId && current.origin === 'adopted';
    return rotatedFact(this.#context, this.#user, {
      keyId,
      versionId: rolledBack ? this.#versionOf(keyId) : keyId,
      oldKeyId,
      emergency: this.#emergency,
      rolledBack,
      held: hold !== undefined,
    });
  }

  /** A person may have named the version of a key that keyturn took over. */
  #versionOf(keyId: string): string {
    const { secret } = this.#observation;
    if (secret.kind !== 'present' || secret.versionIds.includes(keyId)) return keyId;
    return secret.currentKeyId === keyId ? secret.currentVersionId : (secret.previousVersionId ?? keyId);
  }

  /** The consumers hear of it while the leaked key dies, not before and not after. */
  #tellBeside(steps: readonly Step[]): void {
    const doomed = steps
      .filter(isKill)
      .flatMap((step) => ('keyId' in step && step.keyId ? [step.keyId] : []));
    const confirms = steps.find((step) => step.do === 'confirm');
    const keyId = confirms?.keyId ?? this.#issued?.keyId;
    if (confirms && keyId) {
      this.#sending = this.#send({ versionId: keyId, since: this.#context.startedAt, takenBy: [] });
      this.#sending.catch(() => undefined);
      return;
    }
    const { account, name } = this.#user;
    const { startedAt, reason } = this.#context;
    this.tell(
      contained(startedAt, {
        account,
        user: name,
        keyIds: doomed,
        secretName: this.#secretName,
        ...(reason && { reason }),
      }),
    );
  }

  async #enable(keyId: string): Promise<undefined> {
    const { ram } = await this.#cloud();
    await ram.setAccessKeyStatus(this.#user.name, keyId, 'Active');
  }

  async #disable(keyId: string, because: Because): Promise<undefined> {
    const { ram } = await this.#cloud();
    await gone(ram.setAccessKeyStatus(this.#user.name, keyId, 'Inactive'));
    if (because === 'old') this.tell(this.#disabled(keyId));
  }

  async #delete(keyId: string, because: Because): Promise<undefined> {
    const { ram } = await this.#cloud();
    await ram.deleteAccessKey(this.#user.name, keyId);
    this.#keyIds.delete(keyId);
    if (because === 'old' || because === 'spare') {
      const { account, name } = this.#user;
      this.tell(deleted(this.#context.startedAt, { account, user: name, keyId }));
    }
  }

  #disabled(keyId: string): Fact {
    const { startedAt, config } = this.#context;
    const { account, name } = this.#user;
    return disabled(startedAt, {
      account,
      user: name,
      keyId,
      secretName: this.#secretName,
      lastUsed: lastUsedOf(this.#observation.lastUse.get(keyId)),
      deletedFrom: instant(startedAt.plus(config.recovery)),
    });
  }

  async #remember(entries: Remembered): Promise<undefined> {
    await this.#write({
      ...('current' in entries && {
        [tagKeys.current]: entries.current ? write.current(entries.current) : undefined,
      }),
      ...('old' in entries && { [tagKeys.old]: entries.old ? this.#oldTag(entries.old) : undefined }),
      ...('standby' in entries && {
        [tagKeys.standby]: entries.standby ? write.standby(entries.standby) : undefined,
      }),
      ...('hold' in entries && { [tagKeys.hold]: entries.hold ? write.hold(entries.hold) : undefined }),
      ...('rollback' in entries && {
        [tagKeys.rollback]: entries.rollback ? write.rollback(entries.rollback) : undefined,
      }),
      ...('emergency' in entries && {
        [tagKeys.emergency]: entries.emergency ? write.emergency(entries.emergency) : undefined,
      }),
    });
  }

  /** Recovery counts from when the key was disabled, which is a moment after that was decided. */
  #oldTag(old: OldEntry): string {
    return write.old(old.phase === 'disabled' ? { ...old, at: this.#context.clock.now() } : old);
  }

  async #write(entries: Readonly<Record<string, string | undefined>>): Promise<void> {
    const puts = Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const removals = Object.keys(entries).filter((key) => entries[key] === undefined && this.#tags.has(key));
    const { ims } = await this.#cloud();
    if (puts.length > 0) await ims.tag(this.#user.id, Object.fromEntries(puts));
    if (removals.length > 0) await ims.untag(this.#user.id, removals);
    for (const [key, value] of puts) this.#written.set(key, value);
    for (const key of removals) this.#written.set(key, undefined);
    this.#tags = this.withOwnWrites(this.#tags);
  }

  #expectIssued(): KeyPair {
    if (!this.#issued) throw new Error(`no key was issued for user ${this.#user.name} in this turn`);
    return this.#issued;
  }

  #cloud(): Promise<Cloud> {
    return this.#claim.cloud();
  }
}

const carrierOf = (versions: readonly SecretVersion[], stage: string): string | undefined =>
  versions.find((version) => version.stages.includes(stage))?.id;

type ConfirmStep = Extract<Step, { do: 'confirm' }>;
type Because = Extract<Step, { do: 'disable' }>['because'];

/** A key that is gone is as dead as it can be. */
async function gone(disabling: Promise<void>): Promise<void> {
  try {
    await disabling;
  } catch (error) {
    if (!isCode(error, 'EntityNotExist.User.AccessKey')) throw error;
  }
}
