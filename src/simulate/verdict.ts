import { isReason, reasons } from '../rotation/decide/reasons';
import type { Halt, Simulation } from './result';

/** What a person should take away, the worst first. */
export function verdictOn(simulation: Omit<Simulation, 'verdict'>): string[] {
  const { ok, days } = simulation;
  return [
    ...haltsIn(simulation),
    ...failedRunsIn(simulation),
    ...failedCallsIn(simulation),
    ...waitingIn(simulation),
    ...stillUsedIn(simulation),
    ...blockedIn(simulation),
    ...(ok
      ? [`In ${counted(days, 'day')} every run did what was due, and no application's call failed.`]
      : []),
  ];
}

function haltsIn({ halts }: Pick<Simulation, 'halts'>): string[] {
  return spells(halts).map((spell) => {
    const [first] = spell;
    const last = spell.at(-1);
    const most = Math.max(...spell.map(({ due }) => due));
    const due = `${counted(first.due, 'user or key', 'users and keys')} ${first.due === 1 ? 'is' : 'are'} due for disabling or deletion`;
    const until =
      last && last !== first ? `, and so is every run until ${dayOf(last.at)}, with ${most} due at most` : '';
    return `On ${dayOf(first.at)} ${due}, more than limits.disablesPerRun allows (${first.limit}): the run is halted and nothing is disabled${until}. Look at who is due; if it is right, raise the limit for a while.`;
  });
}

/** Halts on one day after another. */
function spells(halts: readonly Halt[]): [Halt, ...Halt[]][] {
  const all: [Halt, ...Halt[]][] = [];
  for (const halt of halts) {
    const spell = all.at(-1);
    const before = spell?.at(-1);
    const next = before && Date.parse(halt.at) - Date.parse(before.at) < 2 * 86_400_000;
    if (spell && next) spell.push(halt);
    else all.push([halt]);
  }
  return all;
}

function failedRunsIn({ failedRuns }: Pick<Simulation, 'failedRuns'>): string[] {
  const [first] = failedRuns;
  if (!first) return [];
  const more = failedRuns.length > 1 ? ` So did ${failedRuns.length - 1} more.` : '';
  return [`On ${dayOf(first.at)} the run of ${first.function} fails: ${first.error}${more}`];
}

function failedCallsIn({ applications, users }: Pick<Simulation, 'applications' | 'users'>): string[] {
  return applications.failed.map(({ user, keyId, code, firstAt }) => {
    const why = users.careless.includes(user) ? ', which never reads its secret again,' : '';
    return `On ${dayOf(firstAt)} the application of ${user}${why} is refused with key ${keyId} (${code}).`;
  });
}

function waitingIn({ rotations }: Pick<Simulation, 'rotations'>): string[] {
  const { runs, mostUsers } = rotations.putOff;
  if (runs === 0) return [];
  return [
    `In ${counted(runs, 'run')} rotations wait for the next one, since limits.rotationsPerRun is ${rotations.most.limit}; ${mostUsers} at most.`,
  ];
}

/** Whose rotation never ends, since the old key is used on. */
function stillUsedIn({ events }: Pick<Simulation, 'events'>): string[] {
  const last = new Map(
    events.filter((event) => event.function === 'rotate-keys').map((event) => [event.user, event]),
  );
  return [...last.values()]
    .filter(({ reason }) => isReason(reason) && reasons[reason].class === 'reminds')
    .map(
      ({ user, at }) =>
        `Since ${dayOf(at)} the rotation of ${user} waits, to the end: its old key stays enabled until the application reads its secret.`,
    );
}

function blockedIn({ blocked }: Pick<Simulation, 'blocked'>): string[] {
  const users = [...new Set(blocked.filter(({ to }) => to === undefined).map(({ user }) => user))];
  if (users.length === 0) return [];
  const shown = users.slice(0, 5).join(', ');
  const more = users.length > 5 ? ` and ${users.length - 5} more` : '';
  return [`A person must act for ${shown}${more}: blocked to the end.`];
}

const dayOf = (time: string): string => time.slice(0, 10);
const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
