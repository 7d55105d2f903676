import { DateTime } from 'luxon';
import type { InactivityConfig } from '../../config/schema';
import { keyIdleness, userIdleness } from '../activity';
import { type Decision, isDestructive, type Reason, type Verdict } from '../decision';
import type { Observation, Profile } from '../observation';
import {
  coveredByUser,
  disabledByOthers,
  keyActedSinceDisabled,
  keyActive,
  keyDeletionDue,
  keyDue,
  keyEnabledAgain,
  keyKeptDisabled,
  keyOfRotation,
  keyUnknown,
  keyUnwarned,
  keyWarned,
} from './checks/keys';
import {
  exempt,
  keptElsewhere,
  recordUnreadable,
  rotationAtWork,
  runsKeyturn,
  userFrozen,
} from './checks/profiles';
import {
  actedSinceDisabled,
  deletionDue,
  enabledAgain,
  keptDisabled,
  keyNotOurs,
  nothingToDisable,
  tooManyKeys,
  userActive,
  userDue,
  userUnknown,
  userUnwarned,
  userWarned,
} from './checks/users';
import type { IdleRule, KeyCheck, ProfileCheck, UserCheck, UserFacts } from './facts';
import { retiredUse, staleNotes } from './notes';
import { silent } from './say';

/** Whom no run touches, told before any look at keys and logons. */
export const profileChain: readonly ProfileCheck[] = [
  userFrozen,
  keptElsewhere,
  runsKeyturn,
  exempt,
  recordUnreadable,
  rotationAtWork,
];

/** A user as a whole, as a specification: the first check that applies answers. Pure and total. */
export const userChain: readonly UserCheck[] = [
  // Disabled by keyturn before.
  enabledAgain,
  actedSinceDisabled,
  keptDisabled,
  keyNotOurs,
  deletionDue,
  // Not to be disabled.
  userActive,
  nothingToDisable,
  userUnknown,
  tooManyKeys,
  // On the way to be disabled: told, waited, done.
  userUnwarned,
  userWarned,
  userDue,
];

/** One key by itself, where the user as a whole is neither disabled nor deleted in this run. */
export const keyChain: readonly KeyCheck[] = [
  keyOfRotation,
  // Inactive already.
  disabledByOthers,
  keyActedSinceDisabled,
  keyKeptDisabled,
  keyDeletionDue,
  // Active.
  keyEnabledAgain,
  keyActive,
  coveredByUser,
  keyUnknown,
  keyUnwarned,
  keyWarned,
  keyDue,
];

export function decideProfile(user: Profile, now: DateTime): Verdict | undefined {
  return first(profileChain, (check) => check(user, now));
}

export function decide(
  observation: Observation,
  config: InactivityConfig,
  now: DateTime,
  idleRule: IdleRule = {},
): Decision {
  const leave = decideProfile(observation.user, now);
  if (leave) return { ...leave, due: 0, quiet: false };
  const activeKeys = observation.keys.filter(({ status }) => status === 'Active');
  const idle = userIdleness(observation);
  const facts = { ...observation, config, now, idleRule, idle, activeKeys };
  const whole = first(userChain, (check) => check(facts)) ?? silent;
  const settled = whole.steps.some(isDestructive);
  const each = settled
    ? []
    : observation.keys.map((key) => {
        const keyFacts = { ...facts, key, idle: keyIdleness(key, observation.user), userIdle: idle };
        return first(keyChain, (check) => check(keyFacts)) ?? silent;
      });
  return merge(observation, [whole, ...each], facts);
}

function first<C>(chain: readonly C[], ask: (check: C) => Verdict | undefined): Verdict | undefined {
  for (const check of chain) {
    const verdict = ask(check);
    if (verdict) return verdict;
  }
  return undefined;
}

/** The reasons of which nobody need hear. */
const quietReasons: readonly Reason[] = ['Active', 'NothingToDisable', 'DisabledByOthers'];

/** What tells more of a user comes later. */
const telling: readonly Reason[] = [
  'Disabled',
  'LastActivityUnknown',
  'ActiveSinceDisabled',
  'EnabledAgain',
  'Warned',
  'Inactive',
  'KeyNotOurs',
  'TooManyKeys',
  'DeletionDue',
  'Due',
];

const isQuiet = ({ reason, steps }: Verdict): boolean => steps.length === 0 && quietReasons.includes(reason);

function merge(observation: Observation, verdicts: readonly Verdict[], facts: UserFacts): Decision {
  const rank = ({ reason, steps }: Verdict) =>
    telling.indexOf(reason) + (steps.length > 0 ? telling.length : 0);
  const [most, ...rest] = [...verdicts].sort((a, b) => rank(b) - rank(a));
  if (!most) throw new Error('a decision has at least the verdict on the user');
  const notable = rest.filter((verdict) => !isQuiet(verdict) || verdict.reason === 'DisabledByOthers');
  const messages = [most, ...notable].map(({ message }) => message).filter((message) => message !== '');
  const said = verdicts.flatMap(({ steps }) => steps);
  const steps = [...said, ...staleNotes(observation, facts), ...retiredUse(observation, facts.now)];
  const later = verdicts.flatMap(({ nextCheckAt }) => nextCheckAt ?? []);
  return {
    reason: most.reason,
    message: [...new Set(messages)].join(' '),
    steps,
    due: steps.filter(isDestructive).length,
    quiet: verdicts.every(isQuiet),
    ...(later.length > 0 && { nextCheckAt: DateTime.min(...later) }),
  };
}
