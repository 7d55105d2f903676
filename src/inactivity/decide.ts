import { DateTime, type Duration } from 'luxon';
import { formatTime, skewAllowance } from '../base/time';
import { lastUseLag } from '../cloud/last-use';
import type { InactivityConfig } from '../config/schema';
import {
  type About,
  type Change,
  type DisabledUser,
  fits,
  type InactivityRecord,
  type Warning,
  write,
} from '../record/inactivity';
import {
  type Activity,
  countsAsUse,
  type Idleness,
  isRotations,
  keyIdleness,
  userIdleness,
} from './activity';
import { type Decision, isDestructive, type Reason, type Step, type Verdict } from './decision';
import type { Observation, ObservedKey, Profile } from './observation';
import { binRetention, cutoffsOf, ownChangeWithin } from './time';

/** Alibaba Cloud's own idle rule, in days; it tells whose doing a disabled key is. */
export interface IdleRule {
  readonly keys?: number;
  readonly logons?: number;
}

interface UserFacts extends Observation {
  readonly config: InactivityConfig;
  readonly now: DateTime;
  readonly idleRule: IdleRule;
  readonly idle: Idleness;
  readonly activeKeys: readonly ObservedKey[];
}

interface KeyFacts extends Omit<UserFacts, 'idle'> {
  readonly key: ObservedKey;
  readonly idle: Idleness;
  readonly userIdle: Idleness;
}

export type ProfileCheck = (user: Profile, now: DateTime) => Verdict | undefined;
export type UserCheck = (facts: UserFacts) => Verdict | undefined;
export type KeyCheck = (facts: KeyFacts) => Verdict | undefined;

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

/** Notes on keys that are gone or were switched off otherwise. A deleted key is remembered as long as RAM keeps it. */
function staleNotes({ user, keys }: Observation, { activeKeys, config, now }: UserFacts): Step[] {
  const { warned, keys: disabled } = user.record;
  const gone = [...disabled].filter(([keyId, at]) => {
    if (keys.some(({ id }) => id === keyId)) return false;
    const { deleteAfter } = config.keys;
    return at.plus(deleteAfter ?? 0).plus(binRetention) < now;
  });
  const settled = [...warned.keys()].filter(
    (about) => about !== 'user' && !activeKeys.some(({ id }) => id === about),
  );
  return [
    ...settled.map((about) => note({ drop: 'warning', about })),
    ...gone.map(([keyId]) => note({ drop: 'key', keyId })),
  ];
}

/**
 * Rotation deletes the key that it replaced, and with it all that RAM knows of its use. So its last use is
 * remembered once it cannot be used any more: a user who acted through it is not idle since long before.
 */
function retiredUse({ user, keys }: Observation, now: DateTime): Step[] {
  const { rotation, record } = user;
  const key = retiredKey(user, keys, now);
  if (!key?.lastUse || key.lastUse.kind === 'unreadable' || !rotation.old) return [];
  const use = key.lastUse.kind === 'at' && countsAsUse(key, key.lastUse, user) ? key.lastUse.at : undefined;
  const earlier = record.retired?.at;
  const at = use && earlier ? DateTime.max(use, earlier) : (use ?? earlier);
  return [note({ set: 'retired', retired: { keyId: key.id, ...(at && { at }) } })];
}

/** The key whose last use is to be remembered now. */
export function retiredKey<K extends { id: string }>(
  { managed, rotation, record }: Profile,
  keys: readonly K[],
  now: DateTime,
): K | undefined {
  const { old } = rotation;
  if (!managed || !old || old.keyId === record.retired?.keyId) return undefined;
  const dead = old.phase === 'disabled' || old.phase === 'inactive';
  if (!dead || now < old.at.plus(lastUseLag)) return undefined;
  return keys.find(({ id }) => id === old.keyId);
}

const note = (change: Change): Step => ({ do: 'note', change });

/** Nothing is to be said of this key. */
const silent: Verdict = { reason: 'Active', message: '', steps: [] };

const say = (reason: Reason, message: string, ...steps: Step[]): Verdict => ({ reason, message, steps });

const wait = (reason: Reason, message: string, nextCheckAt: DateTime): Verdict => ({
  ...say(reason, message),
  nextCheckAt,
});

const lastly = ({ at, what }: Activity): string => `last activity ${formatTime(at)}, ${what}`;

// Profiles

function userFrozen({ frozen, name }: Profile) {
  if (!frozen) return;
  return say('UserFrozen', `User ${name} is frozen in RAM and is left as it is.`);
}

function keptElsewhere({ keptBy, name }: Profile) {
  if (!keptBy) return;
  return say(
    'KeptElsewhere',
    `User ${name} is managed by ${keptBy}, so it is left alone: disable it there if it is not needed.`,
  );
}

function runsKeyturn({ runsKeyturn: runs, name }: Profile) {
  if (!runs) return;
  return say('RunsKeyturn', `This run signs with the credentials of user ${name}, so it is left alone.`);
}

function exempt({ exemption, name }: Profile) {
  if (!exemption) return;
  const { reason, endsAt } = exemption;
  const message = `User ${name} is exempt${endsAt ? ` until ${formatTime(endsAt)}` : ''}: ${reason}`;
  return endsAt ? wait('Exempt', message, endsAt) : say('Exempt', message);
}

function recordUnreadable({ name, record, rotation, managed }: Profile) {
  const unreadable = [...record.unreadable, ...(managed ? rotation.unreadable : [])];
  if (unreadable.length === 0) return;
  return say(
    'RecordUnreadable',
    `The tags ${unreadable.join(', ')} of user ${name} are not as keyturn wrote them, so nothing is done: remove them after checking what is disabled.`,
  );
}

/** Whatever a run of rotation is about to do to this user comes first. */
function rotationAtWork({ name, rotation }: Profile, now: DateTime) {
  const { claims, emergency } = rotation;
  const alive = claims.some(({ expiresAt }) => now < expiresAt.plus(skewAllowance));
  if (!alive && emergency?.kind !== 'replace' && emergency?.kind !== 'contain') return;
  return say('Busy', `A rotation of user ${name} is under way; it is looked at again in the next run.`);
}

// Users

/** What is Active again although keyturn's record has it disabled, by somebody's hand. */
function enabledAgain({ user, keys, logon, idle }: UserFacts): Verdict | undefined {
  const disabled = user.record.user;
  if (!disabled) return;
  const isBack = (subject: { updatedAt?: DateTime }) =>
    !subject.updatedAt || subject.updatedAt > disabled.at || idle.last.at > disabled.at;
  const back = keys.filter(
    (key) => disabled.keyIds.includes(key.id) && key.status === 'Active' && isBack(key),
  );
  const logonBack = disabled.logon && logon.kind === 'active' && isBack(logon);
  if (back.length === 0 && !logonBack) return;
  const left = {
    ...disabled,
    logon: disabled.logon && !logonBack,
    keyIds: disabled.keyIds.filter((id) => !back.some((key) => key.id === id)),
  };
  const rest = left.logon || left.keyIds.length > 0;
  const what = [...(logonBack ? ['the logon'] : []), ...back.map(({ id }) => `key ${id}`)].join(' and ');
  return say(
    'EnabledAgain',
    `Of user ${user.name}, disabled on ${formatTime(disabled.at)}, somebody enabled ${what} again; keyturn goes by that.${rest ? ' keyturn restore brings back the rest.' : ''}`,
    note(rest ? { set: 'user', user: left } : { drop: 'user' }),
    note({ drop: 'warning', about: 'user' }),
  );
}

/** When all that keyturn disabled with the user had become Inactive. */
function disabledSince({ keys, logon }: Observation, { at, keyIds }: DisabledUser): DateTime {
  const changes = [
    ...keys.filter(({ id }) => keyIds.includes(id)).map(({ updatedAt }) => updatedAt),
    logon.kind === 'inactive' ? logon.updatedAt : undefined,
  ];
  return DateTime.max(at, ...changes.flatMap((change) => change ?? at.plus(ownChangeWithin)));
}

const isOff = ({ activeKeys, logon }: UserFacts): boolean =>
  activeKeys.length === 0 && (logon.kind === 'none' || logon.kind === 'inactive');

function actedSinceDisabled(facts: UserFacts): Verdict | undefined {
  const { user, idle, config } = facts;
  const disabled = user.record.user;
  if (!disabled || !isOff(facts) || config.users.deleteAfter === null) return;
  const acted = idle.last.at > disabled.at;
  const changedSince = disabledSince(facts, disabled) > disabled.at.plus(ownChangeWithin).plus(skewAllowance);
  if (!acted && !changedSince) return;
  const why = acted ? lastly(idle.last) : 'somebody has changed its keys or its logon since';
  return say(
    'ActiveSinceDisabled',
    `User ${user.name} was disabled for inactivity on ${formatTime(disabled.at)} and is not deleted: ${why}.`,
  );
}

function keptDisabled(facts: UserFacts): Verdict | undefined {
  const { user, config, now } = facts;
  const disabled = user.record.user;
  if (!disabled || !isOff(facts)) return;
  const { deleteAfter } = config.users;
  const message = `User ${user.name} was disabled for inactivity on ${formatTime(disabled.at)}; keyturn restore brings it back.`;
  const warning = user.record.warned.has('user') ? [note({ drop: 'warning', about: 'user' })] : [];
  if (deleteAfter === null) return say('Disabled', message, ...warning);
  const deletedFrom = disabledSince(facts, disabled).plus(deleteAfter);
  if (deletedFrom <= now) return;
  return { ...say('Disabled', message, ...warning), nextCheckAt: deletedFrom };
}

/** What somebody else disabled is not keyturn's to delete, and a user cannot be deleted without its keys. */
function keyNotOurs(facts: UserFacts): Verdict | undefined {
  const { user, keys, record } = { ...facts, record: facts.user.record };
  if (!record.user || !isOff(facts)) return;
  const ours = new Set([...record.user.keyIds, ...record.keys.keys()]);
  const other = keys.find(({ id }) => !ours.has(id));
  if (!other) return;
  return say(
    'KeyNotOurs',
    `User ${user.name} is due for deletion, but its key ${other.id} was not disabled by keyturn: delete that key, and the user follows.`,
  );
}

function deletionDue(facts: UserFacts): Verdict | undefined {
  const { user, keys, idle } = facts;
  const disabled = user.record.user;
  if (!disabled || !isOff(facts)) return;
  if (idle.unknown) return unknownActivity(facts, idle.unknown);
  return say(
    'DeletionDue',
    `User ${user.name}, disabled for inactivity on ${formatTime(disabled.at)}, is deleted; ${lastly(idle.last)}.`,
    { do: 'deleteUser', keyIds: keys.map(({ id }) => id), last: idle.last },
  );
}

function nothingToDisable(facts: UserFacts): Verdict | undefined {
  const { user, logon } = facts;
  if (!isOff(facts)) return;
  const by = logon.kind === 'inactive' && logon.autoDisabled;
  return say(
    'NothingToDisable',
    `User ${user.name} has no active key and no active logon.${by ? " Alibaba Cloud's own idle rule switched its logon off." : ''}`,
    ...voided(user.record.warned, 'user'),
  );
}

const voided = (warned: InactivityRecord['warned'], about: About): Step[] =>
  warned.has(about) ? [note({ drop: 'warning', about })] : [];

function userActive({ user, idle, config, now }: UserFacts): Verdict | undefined {
  if (idle.last.at <= cutoffsOf(config, now).users) return;
  return say(
    'Active',
    `User ${user.name} is in use: ${lastly(idle.last)}.`,
    ...voided(user.record.warned, 'user'),
  );
}

function userUnknown(facts: UserFacts): Verdict | undefined {
  return facts.idle.unknown ? unknownActivity(facts, facts.idle.unknown) : undefined;
}

const unknownActivity = ({ user }: { user: Profile }, why: string): Verdict =>
  say('LastActivityUnknown', `User ${user.name} counts as in use, since ${why}.`);

function tooManyKeys({ user, activeKeys, now }: UserFacts): Verdict | undefined {
  const keyIds = [...(user.record.user?.keyIds ?? []), ...activeKeys.map(({ id }) => id)];
  if (fits(write.user({ at: now, logon: true, keyIds }))) return;
  return say(
    'TooManyKeys',
    `User ${user.name} has ${activeKeys.length} active keys, more than keyturn can keep a record of: delete those that are not in use.`,
  );
}

interface Way {
  readonly about: About;
  readonly name: string;
  readonly keyIds: readonly string[];
  readonly logon: boolean;
  readonly last: Activity;
  readonly disableAfter: Duration;
  readonly warn: Duration;
  readonly warning: Warning | undefined;
  readonly now: DateTime;
}

function wayOfUser({ user, logon, activeKeys, idle, config, now }: UserFacts): Way {
  return {
    about: 'user',
    name: `User ${user.name}`,
    keyIds: activeKeys.map(({ id }) => id),
    logon: logon.kind === 'active',
    last: idle.last,
    disableAfter: config.users.disableAfter,
    warn: config.warn,
    warning: user.record.warned.get('user'),
    now,
  };
}

function wayOfKey({ user, key, idle, config, now }: KeyFacts): Way {
  return {
    about: key.id,
    name: `Key ${key.id} of user ${user.name}`,
    keyIds: [key.id],
    logon: false,
    last: idle.last,
    disableAfter: config.keys.disableAfter,
    warn: config.warn,
    warning: user.record.warned.get(key.id),
    now,
  };
}

/** A warning is void once there was activity after it. */
const validWarning = ({ last, warning }: Way): Warning | undefined =>
  warning && last.at <= warning.at ? warning : undefined;

/** When the time is over and a warning was given long enough before; from now on, if it has yet to be given. */
function disabledFrom(way: Way): DateTime {
  const { last, disableAfter, warn, now } = way;
  const valid = validWarning(way);
  return DateTime.max(last.at.plus(disableAfter), (valid?.delivered ? valid.at : now).plus(warn));
}

function unwarned(way: Way): Verdict | undefined {
  const { about, name, keyIds, logon, last } = way;
  const valid = validWarning(way);
  if (valid?.delivered) return;
  const from = disabledFrom(way);
  return say(
    'Inactive',
    `${name} is inactive (${lastly(last)}); it is disabled from ${formatTime(from)} on unless it is used.`,
    { do: 'warn', about, keyIds, logon, last, disabledFrom: from, ...(valid && { since: valid.at }) },
  );
}

function warned(way: Way): Verdict | undefined {
  const { name, last, warning, now } = way;
  const from = disabledFrom(way);
  if (!warning || from <= now) return;
  return wait(
    'Warned',
    `${name} is inactive (${lastly(last)}) and was warned on ${formatTime(warning.at)}; it is disabled from ${formatTime(from)} on.`,
    from,
  );
}

function due(
  { about, name, keyIds, logon, last }: Way,
  already: Pick<DisabledUser, 'logon' | 'keyIds'>,
): Verdict {
  return say('Due', `${name} is disabled for inactivity: ${lastly(last)}.`, {
    do: 'disable',
    about,
    keyIds,
    logon,
    last,
    already,
  });
}

function userUnwarned(facts: UserFacts) {
  return unwarned(wayOfUser(facts));
}

function userWarned(facts: UserFacts) {
  return warned(wayOfUser(facts));
}

function userDue(facts: UserFacts) {
  const { user, keys, logon } = facts;
  const before = user.record.user;
  const stillOff = keys.filter(({ id, status }) => status === 'Inactive' && before?.keyIds.includes(id));
  return due(wayOfUser(facts), {
    logon: before?.logon === true && logon.kind === 'inactive',
    keyIds: stillOff.map(({ id }) => id),
  });
}

// Keys

function keyOfRotation({ key, user }: KeyFacts) {
  return isRotations(key, user) ? silent : undefined;
}

function disabledByOthers({ key, user, idleRule }: KeyFacts): Verdict | undefined {
  const { record } = user;
  if (key.status === 'Active' || record.keys.has(key.id)) return;
  if (record.user?.keyIds.includes(key.id)) return silent;
  const { keys: days } = idleRule;
  const used = key.lastUse?.kind === 'at' ? key.lastUse.at : key.createdAt;
  const byRule = days !== undefined && key.updatedAt && used.plus({ days }) <= key.updatedAt;
  const who = byRule ? "by Alibaba Cloud's own idle rule" : 'by somebody else';
  return say('DisabledByOthers', `Key ${key.id} of user ${user.name} was disabled ${who}, not by keyturn.`);
}

function keyActedSinceDisabled({ key, user, config }: KeyFacts): Verdict | undefined {
  const at = user.record.keys.get(key.id);
  if (key.status === 'Active' || !at) return;
  const message = `Key ${key.id} of user ${user.name} was disabled for inactivity on ${formatTime(at)} and is not deleted`;
  if (key.updatedAt && key.updatedAt > at.plus(ownChangeWithin).plus(skewAllowance)) {
    return say(
      'EnabledAgain',
      `${message}: somebody has enabled and disabled it since, so it is no longer keyturn's.`,
      note({ drop: 'key', keyId: key.id }),
    );
  }
  if (config.keys.deleteAfter === null || key.lastUse?.kind !== 'at' || key.lastUse.at <= at) return;
  return say('ActiveSinceDisabled', `${message}: it was used on ${formatTime(key.lastUse.at)}.`);
}

function keyKeptDisabled({ key, user, config, now }: KeyFacts): Verdict | undefined {
  const at = user.record.keys.get(key.id);
  if (key.status === 'Active' || !at) return;
  const { deleteAfter } = config.keys;
  const message = `Key ${key.id} of user ${user.name} was disabled for inactivity on ${formatTime(at)}; keyturn restore brings it back.`;
  if (deleteAfter === null) return say('Disabled', message);
  const since = DateTime.max(at, key.updatedAt ?? at.plus(ownChangeWithin));
  const deletedFrom = since.plus(deleteAfter);
  return now < deletedFrom ? wait('Disabled', message, deletedFrom) : undefined;
}

function keyDeletionDue({ key, user, idle }: KeyFacts): Verdict | undefined {
  const at = user.record.keys.get(key.id);
  if (key.status === 'Active' || !at) return;
  if (idle.unknown) return unknownKeyActivity(key, user, idle.unknown);
  return say(
    'DeletionDue',
    `Key ${key.id} of user ${user.name}, disabled for inactivity on ${formatTime(at)}, is deleted.`,
    { do: 'deleteKey', keyId: key.id, last: idle.last },
  );
}

/** Without a date of the change nobody can tell a person's doing from a run that was stopped: the person is believed. */
function keyEnabledAgain({ key, user }: KeyFacts): Verdict | undefined {
  const at = user.record.keys.get(key.id);
  if (!at || (key.updatedAt && key.updatedAt <= at)) return;
  return say(
    'EnabledAgain',
    `Key ${key.id} of user ${user.name}, disabled for inactivity on ${formatTime(at)}, was enabled again by somebody; keyturn goes by that.`,
    note({ drop: 'key', keyId: key.id }),
    ...voided(user.record.warned, key.id),
  );
}

function keyActive({ key, user, idle, config, now }: KeyFacts): Verdict | undefined {
  if (idle.last.at <= cutoffsOf(config, now).keys) return;
  const steps = voided(user.record.warned, key.id);
  return say('Active', `Key ${key.id} of user ${user.name} is in use: ${lastly(idle.last)}.`, ...steps);
}

/** Where the user as a whole goes no later than the key, one warning and one disabling are for both. */
function coveredByUser(facts: KeyFacts): Verdict | undefined {
  if (facts.userIdle.unknown) return;
  const user = wayOfUser({ ...facts, idle: facts.userIdle });
  return disabledFrom(user) <= disabledFrom(wayOfKey(facts)) ? silent : undefined;
}

function keyUnknown({ key, user, idle }: KeyFacts): Verdict | undefined {
  return idle.unknown ? unknownKeyActivity(key, user, idle.unknown) : undefined;
}

const unknownKeyActivity = (key: ObservedKey, user: Profile, why: string): Verdict =>
  say('LastActivityUnknown', `Key ${key.id} of user ${user.name} counts as in use, since ${why}.`);

function keyUnwarned(facts: KeyFacts) {
  return unwarned(wayOfKey(facts));
}

function keyWarned(facts: KeyFacts) {
  return warned(wayOfKey(facts));
}

function keyDue(facts: KeyFacts) {
  return due(wayOfKey(facts), { logon: false, keyIds: [] });
}
