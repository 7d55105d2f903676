import { isCode } from '../cloud/error';
import { DeadlineError } from '../cloud/gate';
import type { Fact } from '../notify/fact';
import type { Delivery } from '../notify/notifier';
import { RecordWriter } from '../record/inactivity-writer';
import type { Action, ActionReport, UserReport } from '../report/run-report';
import { type Telling, userReport } from '../report/user-report';
import type { InactivityContext } from './context';
import { decide } from './decide/chain';
import { type Decision, type Destructive, isDestructive, type Step } from './decision';
import { attachmentsOf, removalsOf } from './delete-user';
import { deletedFact, disabledFact, warningFact } from './notices';
import type { LogonProfile, Observation, Profile } from './observation';
import { lookClosely } from './observe';
import { warningMayWait } from './time';
import { failureReport, outOfTime, vanished } from './user-report';

type StepThat<Does extends Step['do']> = Extract<Step, { do: Does }>;

/** A warning that is to go out. */
export interface Warning {
  readonly step: StepThat<'warn'>;
  readonly fact: Fact;
}

/** The actions that a decision would take. Of a user to be deleted it reads what is attached. */
export async function planned(
  { cloud }: InactivityContext,
  observation: Observation,
  steps: readonly Step[],
) {
  const actions = await Promise.all(
    steps.filter(isDestructive).map(async (step): Promise<Omit<ActionReport, 'outcome'>[]> => {
      switch (step.do) {
        case 'disable':
          return [
            ...(step.logon ? [{ action: 'DisableLogin' as const }] : []),
            ...step.keyIds.map((keyId) => ({ action: 'DisableAccessKey' as const, keyId })),
          ];
        case 'deleteKey':
          return [{ action: 'DeleteAccessKey', keyId: step.keyId }];
        case 'deleteUser':
          return removalsOf(observation.user.name, await attachmentsOf(cloud, observation));
      }
    }),
  );
  return actions
    .flat()
    .map(({ action, keyId }): ActionReport => ({ action, ...(keyId && { keyId }), outcome: 'planned' }));
}

/** One run's work on one user. Each step may be repeated by a later run, whatever became of it in this one. */
export class Execution {
  readonly #actions: ActionReport[] = [];
  readonly #context: InactivityContext;
  readonly #observation: Observation;
  #recordWriter: RecordWriter;

  constructor(context: InactivityContext, observation: Observation) {
    this.#context = context;
    this.#observation = observation;
    this.#recordWriter = this.#recordWriterOf(observation.user);
  }

  /** Keeps the record in order. Gives the warnings that are to go out. */
  async prepare(decision: Decision): Promise<Warning[]> {
    const { user } = this.#observation;
    await this.#recordWriter.note(
      ...decision.steps.flatMap((step) => (step.do === 'note' ? [step.change] : [])),
    );
    return decision.steps.flatMap((step) => {
      if (step.do !== 'warn') return [];
      this.#recordWriter.expectRoom(this.#delivered(step));
      return [{ step, fact: warningFact(this.#context, user, step) }];
    });
  }

  /** Writes down what came of the warnings. Gives what is to be said of it. */
  async remember(
    decision: Decision,
    warnings: readonly (Warning & { delivery: Delivery })[],
  ): Promise<Telling> {
    const { user } = this.#observation;
    const { startedAt } = this.#context;
    let telling: Telling = decision;
    for (const { step, delivery } of warnings) {
      const isDelivered = delivery.failed.length === 0;
      const delivered = this.#delivered(step);
      const warning = isDelivered ? delivered.warning : { at: step.since ?? startedAt, delivered: false };
      await this.#recordWriter.note({ ...delivered, warning });
      telling = isDelivered
        ? { ...telling, nextCheckAt: telling.nextCheckAt ?? step.disabledFrom }
        : this.#undelivered(user, step, decision);
    }
    return telling;
  }

  /** Disables and deletes what the decision said, as far as a look of right now says it too. */
  async execute(decision: Decision): Promise<UserReport> {
    const { user } = this.#observation;
    try {
      return userReport(user, await this.#execute(decision), this.#actions);
    } catch (error) {
      if (error instanceof DeadlineError) return userReport(user, outOfTime(user), this.#actions);
      return failureReport(user, error, this.#actions);
    }
  }

  async #execute(decision: Decision): Promise<Telling> {
    const { cloud, config, clock, idleRule, profileOf } = this.#context;
    const { user } = this.#observation;
    const observation = await lookClosely(cloud, user, (fresh) =>
      profileOf({ ...fresh, tags: this.#recordWriter.withOwnWrites(fresh.tags) }, user),
    );
    if (!observation) return vanished(user);
    this.#recordWriter = this.#recordWriterOf(observation.user);
    const now = decide(observation, config, clock.now(), idleRule);
    const permitted = decision.steps.filter(isDestructive);
    const steps = now.steps
      .filter(isDestructive)
      .filter((step) => permitted.some((each) => covers(each, step)));
    if (steps.length === 0) return changedMeanwhile(user, now);
    for (const step of steps) await this.#do(observation, step);
    return decision;
  }

  async #do(observation: Observation, step: Destructive): Promise<void> {
    const { user } = observation;
    const { notifier } = this.#context;
    switch (step.do) {
      case 'disable':
        await this.#disable(observation, step);
        return notifier.keep(disabledFact(this.#context, user, step));
      case 'deleteKey':
        await this.#deleteKey(user, step.keyId);
        return notifier.keep(deletedFact(this.#context, user, step));
      case 'deleteUser':
        await this.#deleteUser(observation);
        return notifier.keep(deletedFact(this.#context, user, step));
    }
  }

  #delivered({ about }: StepThat<'warn'>) {
    return { set: 'warning', about, warning: { at: this.#context.startedAt, delivered: true } } as const;
  }

  #undelivered({ name }: Profile, { since }: StepThat<'warn'>, decision: Decision): Telling {
    const message = `The warning that user ${name} is about to be disabled is not delivered on every channel yet; nothing is disabled before it is.`;
    const late = since && since.plus(warningMayWait) <= this.#context.startedAt;
    return {
      reason: 'WarningUndelivered',
      message: `${decision.message} ${message}`,
      ...(late && { failure: { code: 'WarningUndelivered', message: `${message} Repair the channel.` } }),
    };
  }

  /** The record and the mark on the secret come first: a run that is killed here disables nothing unowned. */
  async #disable({ user, logon }: Observation, step: StepThat<'disable'>): Promise<void> {
    const { cloud, clock } = this.#context;
    const at = clock.now();
    if (step.about === 'user') {
      const keyIds = [...step.already.keyIds, ...step.keyIds];
      await this.#recordWriter.note({
        set: 'user',
        user: { at, logon: step.logon || step.already.logon, keyIds },
      });
      await this.#recordWriter.markSecret();
    } else {
      await this.#recordWriter.note({ set: 'key', keyId: step.about, at });
    }
    if (step.logon && logon.kind === 'active') {
      await this.#report('DisableLogin', undefined, () => this.#switchLogonOff(user, logon));
    }
    for (const keyId of step.keyIds) {
      await this.#report('DisableAccessKey', keyId, () =>
        cloud.ram.setAccessKeyStatus(user.name, keyId, 'Inactive').catch(unlessGone),
      );
    }
    await this.#recordWriter.note({ drop: 'warning', about: step.about });
  }

  async #switchLogonOff({ principalName }: Profile, logon: LogonProfile): Promise<void> {
    await this.#context.cloud.ims.setLoginStatus(principalName, 'Inactive', logon);
  }

  async #deleteKey({ name }: Profile, keyId: string): Promise<void> {
    await this.#report('DeleteAccessKey', keyId, () => this.#context.cloud.ram.deleteAccessKey(name, keyId));
  }

  async #deleteUser(observation: Observation): Promise<void> {
    const { cloud, log } = this.#context;
    const { user } = observation;
    const attached = await attachmentsOf(cloud, observation);
    log.info(
      {
        account: user.account,
        user: user.name,
        userId: user.id,
        attached,
        tags: Object.fromEntries(user.tags),
      },
      'user is deleted after long inactivity; this is what is attached to it',
    );
    for (const { action, keyId, perform } of removalsOf(user.name, attached)) {
      await this.#report(action, keyId, () => perform(cloud));
    }
  }

  async #report(action: Action, keyId: string | undefined, perform: () => Promise<void>): Promise<void> {
    const entry = { action, ...(keyId && { keyId }) };
    try {
      await perform();
      this.#actions.push({ ...entry, outcome: 'done' });
    } catch (error) {
      this.#actions.push({ ...entry, outcome: 'failed' });
      throw error;
    }
  }

  #recordWriterOf(user: Profile): RecordWriter {
    const { cloud, secretName } = this.#context;
    return new RecordWriter(cloud, user, secretName(user.name));
  }
}

/** A look of right now may find less to do than was permitted, never more and nothing else. */
function covers(permitted: Destructive, step: Destructive): boolean {
  switch (step.do) {
    case 'disable':
      return (
        permitted.do === 'disable' &&
        permitted.about === step.about &&
        (permitted.logon || !step.logon) &&
        step.keyIds.every((id) => permitted.keyIds.includes(id))
      );
    case 'deleteKey':
      return permitted.do === 'deleteKey' && permitted.keyId === step.keyId;
    case 'deleteUser':
      return permitted.do === 'deleteUser' && step.keyIds.every((id) => permitted.keyIds.includes(id));
  }
}

/** A key that is gone is as dead as it can be. */
function unlessGone(error: unknown): void {
  if (!isCode(error, 'EntityNotExist.User.AccessKey')) throw error;
}

const changedMeanwhile = ({ name }: Profile, { message }: Decision): Telling => ({
  reason: 'ChangedMeanwhile',
  message: `User ${name} changed while this run was at work, so nothing was disabled or deleted: ${message}`,
});
