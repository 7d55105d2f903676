import { DAY, wireTime } from '../../packages/local-alibaba-cloud/index';
import type { Action, RunReport, UserReport } from '../report/run-report';
import { isReason, reasons } from '../rotation/decide/reasons';
import type { Ran } from './functions';
import type { Blocked, FailedRun, Happening, Month, Rotations, Simulated } from './result';

const silent: ReadonlySet<string> = new Set(['Current', 'RecordBehind', 'Active', 'NothingToDisable']);
const destroys: ReadonlySet<string> = new Set([
  'DisableAccessKey',
  'DisableLogin',
  'DeleteAccessKey',
  'DeleteUser',
]);
const isBlocked = (reason: string): boolean => isReason(reason) && reasons[reason].class === 'blocked';

type Tally = { -readonly [Field in keyof Omit<Month, 'month'>]: Month[Field] };

const nothing = (): Tally => ({
  rotationsBegun: 0,
  rotationsFinished: 0,
  keysDisabled: 0,
  keysDeleted: 0,
  warned: 0,
  inactiveKeysDisabled: 0,
  logonsDisabled: 0,
  inactiveDeleted: 0,
});

/** Which field of a month counts an action that was done. */
const counted: Readonly<Record<Simulated, Partial<Record<Action, keyof Tally>>>> = {
  'rotate-keys': {
    CreateAccessKey: 'rotationsBegun',
    DisableAccessKey: 'keysDisabled',
    DeleteAccessKey: 'keysDeleted',
  },
  'disable-inactive': {
    DisableAccessKey: 'inactiveKeysDisabled',
    DisableLogin: 'logonsDisabled',
    DeleteAccessKey: 'inactiveDeleted',
    DeleteUser: 'inactiveDeleted',
  },
};

/** Takes down what the runs say of themselves. */
export class Chronicle {
  readonly events: Happening[] = [];
  readonly failedRuns: FailedRun[] = [];
  readonly runs: Record<Simulated, { count: number; failed: number; halted: number }> = {
    'rotate-keys': { count: 0, failed: 0, halted: 0 },
    'disable-inactive': { count: 0, failed: 0, halted: 0 },
  };

  readonly #months = new Map<string, Tally>();
  readonly #begunByDay = new Map<string, number>();
  readonly #lastReason = new Map<string, string>();
  /** By user, when the rotation under way began. */
  readonly #underWay = new Map<string, number>();
  readonly #durations: number[] = [];
  readonly #waiting: number[] = [];
  readonly #blocked = new Map<string, Omit<Blocked, 'to'>>();
  readonly #released: Blocked[] = [];
  readonly #keysOf: (user: string) => number;
  readonly #told: (text: string) => string;

  /**
   * @param keysOf how many keys a user has now
   * @param told a text with the key ids that the reader knows
   */
  constructor(keysOf: (user: string) => number, told: (text: string) => string) {
    this.#keysOf = keysOf;
    this.#told = told;
  }

  ran({ function: name, at, reports, error }: Ran): void {
    this.#tally(at);
    const run = this.runs[name];
    run.count += 1;
    const last = reports.at(-1);
    if (last?.status === 'halted') run.halted += 1;
    else if (error !== undefined) {
      run.failed += 1;
      this.failedRuns.push({ at: wireTime(at), function: name, error: this.#told(error) });
    }
    for (const report of reports) this.#take(name, report, at);
    const waiting = last?.users.filter(({ reason }) => reason === 'RotationsPerRunReached').length ?? 0;
    if (waiting > 0) this.#waiting.push(waiting);
  }

  get months(): Month[] {
    return [...this.#months].map(([month, tally]) => ({ month, ...tally }));
  }

  get blocked(): Blocked[] {
    return [...this.#released, ...this.#blocked.values()].sort((a, b) => (a.from < b.from ? -1 : 1));
  }

  rotations(limit: number): Rotations {
    const sum = (field: keyof Tally) => this.months.reduce((total, month) => total + month[field], 0);
    const sorted = this.#durations.map((ms) => Math.round((ms / DAY) * 10) / 10).sort((a, b) => a - b);
    const [shortest] = sorted;
    const longest = sorted.at(-1);
    const median = sorted[Math.floor(sorted.length / 2)];
    const [most] = [...this.#begunByDay].sort(([, a], [, b]) => b - a);
    return {
      begun: sum('rotationsBegun'),
      finished: sum('rotationsFinished'),
      ...(shortest !== undefined &&
        median !== undefined &&
        longest !== undefined && { days: { shortest, median, longest } }),
      most: { ...(most && { day: most[0] }), begun: most?.[1] ?? 0, limit },
      putOff: { runs: this.#waiting.length, mostUsers: Math.max(0, ...this.#waiting) },
    };
  }

  /** Users and keys that went because nobody used them. */
  get inactive(): Happening[] {
    return this.events.filter(
      ({ function: name, actions }) =>
        name === 'disable-inactive' && actions.some((action) => destroys.has(action)),
    );
  }

  #take(name: Simulated, { users }: RunReport, at: number): void {
    for (const report of [...users].sort((a, b) => (a.user < b.user ? -1 : 1))) {
      const done = report.actions.filter(({ outcome }) => outcome === 'done').map(({ action }) => action);
      for (const action of done) this.#count(counted[name][action], at);
      if (name === 'disable-inactive' && report.reason === 'Inactive') this.#count('warned', at);
      if (name === 'rotate-keys') this.#follow(report, done, at);
      this.#tell(name, report, done, at);
    }
  }

  #follow(report: UserReport, done: readonly Action[], at: number): void {
    const { user } = report;
    if (retires(report)) this.#finish(user, at);
    if (done.includes('CreateAccessKey')) {
      this.#underWay.set(user, at);
      const day = wireTime(at).slice(0, 10);
      this.#begunByDay.set(day, (this.#begunByDay.get(day) ?? 0) + 1);
      // A first key has none to wait for.
      if (this.#keysOf(user) === 1) this.#finish(user, at);
    }
    this.#followBlock(report, at);
  }

  #finish(user: string, at: number): void {
    const since = this.#underWay.get(user);
    this.#underWay.delete(user);
    this.#count('rotationsFinished', at);
    if (since !== undefined) this.#durations.push(at - since);
  }

  #followBlock({ user, reason, message }: UserReport, at: number): void {
    const before = this.#blocked.get(user);
    if (before?.reason === reason) return;
    if (before) this.#released.push({ ...before, to: wireTime(at) });
    this.#blocked.delete(user);
    if (isBlocked(reason)) {
      this.#blocked.set(user, { user, reason, message: this.#told(message), from: wireTime(at) });
    }
  }

  /** What is new: something was done, or the reason is another than in the run before. */
  #tell(name: Simulated, { user, reason, message }: UserReport, done: readonly Action[], at: number): void {
    const subject = `${name} ${user}`;
    const known = this.#lastReason.get(subject) === reason;
    this.#lastReason.set(subject, reason);
    if (done.length === 0 && (known || silent.has(reason))) return;
    this.events.push({
      at: wireTime(at),
      user,
      function: name,
      reason,
      message: this.#told(message),
      actions: done,
    });
  }

  #count(field: keyof Tally | undefined, at: number): void {
    if (field) this.#tally(at)[field] += 1;
  }

  /** Of this moment's month, which is listed from now on. */
  #tally(at: number): Tally {
    const month = wireTime(at).slice(0, 7);
    const tally = this.#months.get(month) ?? nothing();
    this.#months.set(month, tally);
    return tally;
  }
}

/** An old key is deleted long after it was disabled; one that never was current, at once. */
function retires({ actions }: UserReport): boolean {
  const keysOf = (wanted: Action) =>
    actions
      .filter(({ action, outcome }) => action === wanted && outcome === 'done')
      .map(({ keyId }) => keyId);
  const disabled = keysOf('DisableAccessKey');
  return keysOf('DeleteAccessKey').some((keyId) => !disabled.includes(keyId));
}
