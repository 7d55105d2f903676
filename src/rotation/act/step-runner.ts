import { deadClaims } from '../../record/rotation';
import { claimTagKey } from '../../record/tags';
import type { Action, ActionReport } from '../../report/run-report';
import type { RotationContext } from '../context';
import type { Step } from '../decide/decision';
import type { Observation } from '../observation';
import type { HeldClaim } from './claim';
import { verifyDead } from './leaked-keys';
import { noteRefusal } from './refusal';
import { confirm } from './steps/confirm';
import { copyNetworkPolicy } from './steps/copy-network-policy';
import { createKey } from './steps/create';
import { deleteKey, disableKey, enableKey } from './steps/key-status';
import { notify, tellBesideDisabling } from './steps/notify';
import { prepare } from './steps/prepare';
import { promote } from './steps/promote';
import { proveKey } from './steps/prove';
import { storePair } from './steps/store';
import { UserWork } from './user-work';

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
    const keyId = keyOf(step);
    return action ? [{ action, ...(keyId && { keyId }), outcome: 'planned' as const }] : [];
  });
}

const keyOf = (step: Step): string | undefined => ('keyId' in step ? step.keyId : undefined);

/**
 * Runs the steps of a decision on one user. Each step may be repeated by a later run, whatever became of it in
 * this one; `create`, which may not, is fenced by the intent in the claim.
 */
export class StepRunner {
  readonly #work: UserWork;

  constructor(
    context: RotationContext,
    claim: HeldClaim,
    observation: Observation,
    tags: ReadonlyMap<string, string>,
    /** On `clock.elapsed()`: what the leaked keys' end waits for begins by then or not at all. */
    killBy?: number,
  ) {
    this.#work = new UserWork(context, claim, observation, tags, killBy);
  }

  get actions(): ActionReport[] {
    return this.#work.actions;
  }

  /** A key that this run has issued is there, or may be. */
  get leavesNewKey(): boolean {
    const keyIds = (wanted: Action) =>
      this.actions.flatMap(({ action, outcome, keyId }) =>
        action === wanted && outcome === 'done' && keyId ? [keyId] : [],
      );
    const deleted = keyIds('DeleteAccessKey');
    return this.#work.isUnresolved || keyIds('CreateAccessKey').some((id) => !deleted.includes(id));
  }

  /** Goes on from a new look at the user. */
  see(observation: Observation, tags: ReadonlyMap<string, string>): void {
    this.#work.see(observation, tags);
  }

  /** Tags as read, with what this run has written since: a read may lag behind a write. */
  withOwnWrites(tags: ReadonlyMap<string, string>): Map<string, string> {
    return this.#work.record.withOwnWrites(tags);
  }

  /**
   * Does the steps in order; in an emergency, side by side what does not wait for one another. There a network policy
   * that cannot be copied keeps no leaked key alive: that failure is thrown when the rest is done.
   */
  async run(steps: readonly Step[]): Promise<void> {
    const groups = this.#work.isEmergency ? sideBySideGroups(steps) : steps.map((step) => [step]);
    const late: unknown[] = [];
    for (const group of groups) {
      if (group.some(disablesLeaked)) tellBesideDisabling(this.#work, steps);
      const results = await Promise.allSettled(group.map((step) => this.#report(step)));
      for (const [index, result] of results.entries()) {
        if (result.status === 'fulfilled') continue;
        const failed = group[index]?.do;
        if (!this.#work.isEmergency || failed !== 'copyNetworkPolicy') {
          if (failed && untilStored.includes(failed)) await noteRefusal(this.#work, result.reason);
          throw result.reason;
        }
        late.push(result.reason);
      }
      if (group.some(disablesLeaked)) this.#work.killBy = Number.POSITIVE_INFINITY;
    }
    if (late.length > 0) throw late[0];
  }

  /** Frees the user for the next run, and clears what stopped runs left, unless that is still to be finished. */
  async end(): Promise<void> {
    const { claim, record, context, isUnresolved, isUnrecorded } = this.#work;
    await this.#work.told();
    if (isUnresolved || isUnrecorded) return claim.lapse();
    const dead = deadClaims(record.entries, context.clock.now());
    await claim.release(dead.filter((runId) => !this.#isNeeded(runId)).map(claimTagKey));
  }

  /** Whether the mark of a stopped run still tells whose a key is that no record tells of. */
  #isNeeded(runId: string): boolean {
    const { claims, current, old, standby } = this.#work.record.entries;
    const before = claims.find((claim) => claim.runId === runId)?.intent?.before;
    const known = [...(before ?? []), current?.keyId, old?.keyId, standby?.keyId];
    return before !== undefined && [...this.#work.keyIds].some((id) => !known.includes(id));
  }

  async #report(step: Step): Promise<void> {
    const action = actionOf[step.do];
    if (action) await this.#work.reported(action, keyOf(step), () => this.#do(step));
    else await this.#do(step);
  }

  /** Gives the key that the step was about, where the step does not name it. */
  async #do(step: Step): Promise<string | undefined> {
    const work = this.#work;
    switch (step.do) {
      case 'prepare':
        return prepare(work, step);
      case 'create':
        return createKey(work);
      case 'store':
        return storePair(work);
      case 'prove':
        return proveKey(work, step);
      case 'copyNetworkPolicy':
        return copyNetworkPolicy(work, step);
      case 'promote':
        return promote(work, step);
      case 'confirm':
        return confirm(work, step);
      case 'notify':
        return notify(work);
      case 'enable':
        return enableKey(work, step);
      case 'disable':
        return disableKey(work, step);
      case 'verify':
        await verifyDead(work.context.cloud.ram, work.context.clock, work.user.name, step.keyIds);
        return undefined;
      case 'delete':
        return deleteKey(work, step);
      case 'remember':
        await work.record.write(step.entries);
        return undefined;
    }
  }
}

/** The steps that a rotation may be refused at without a key of it being kept. */
const untilStored: readonly Step['do'][] = ['prepare', 'create', 'store'];

/**
 * In an emergency what need not wait goes side by side: storing, proving and the network policy; and, once the successor
 * is current, the end of all leaked keys.
 */
function sideBySideGroups(steps: readonly Step[]): Step[][] {
  return steps.reduce<Step[][]>((groups, step) => {
    const last = groups.at(-1);
    const group = groupOf(step);
    if (last?.[0] && group && groupOf(last[0]) === group) last.push(step);
    else groups.push([step]);
    return groups;
  }, []);
}

function groupOf(step: Step): 'make ready' | 'kill' | undefined {
  if (step.do === 'store' || step.do === 'prove' || step.do === 'copyNetworkPolicy') return 'make ready';
  return disablesLeaked(step) ? 'kill' : undefined;
}

const disablesLeaked = (step: Step): boolean => step.do === 'disable' && step.because === 'leaked';
