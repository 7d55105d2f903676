import type { UsedBy } from '../../report/used-by';
import type { FactData, LastUse, Place } from '../fact';
import { type Catalogue, daysUntil, type Phrase, say, seen, shortKey, shortTime } from '../phrase';

/** As many failures as a message lists; the rest is in the run report. */
const LISTED = 3;

const one: Catalogue['one'] = {
  'keyturn.accesskey.rotated': ({ data }) => ({
    tone: data.emergency ? 'alarm' : 'info',
    title: data.rolledBack
      ? say`AccessKey of ${data.user} rolled back`
      : data.oldKeyId
        ? say`AccessKey of ${data.user} rotated`
        : say`First AccessKey of ${data.user} issued`,
    lines: [
      say`Account ${data.account}: the current key ${shortKey(data.keyId)} is in the secret ${data.secretName}.`,
      ...(data.oldKeyId ? [oldKey(data.oldKeyId, data)] : []),
      ...reason(data.reason),
    ],
    todo: say`What to do: let every program of ${data.user} read the secret again (stage ACSCurrent).`,
  }),
  'keyturn.accesskey.stillused': (fact) => {
    const { data } = fact;
    return {
      tone: 'warning',
      title: say`Old AccessKey of ${data.user} is still in use`,
      lines: [
        lastUse(data.keyId, data.lastUsed),
        ...usedBy(data.usedBy),
        say`Account ${data.account}: the current key ${shortKey(data.currentKeyId)} is in the secret ${data.secretName}.`,
        askedAgain(daysUntil(data.askAgainAt, fact)),
      ],
      todo: say`What to do: find the program that signs with the old key and let it read the secret ${data.secretName} again. Once the old key is quiet, keyturn disables it.`,
    };
  },
  'keyturn.accesskey.disabled': ({ data }) => ({
    tone: data.emergency ? 'alarm' : 'info',
    title: say`Old AccessKey of ${data.user} disabled`,
    lines: [
      say`Account ${data.account}: the key ${shortKey(data.keyId)} no longer signs.`,
      ...(data.deletedFrom ? [say`It will be deleted from ${shortTime(data.deletedFrom)} on.`] : []),
      ...reason(data.reason),
    ],
    todo: data.emergency
      ? say`What to do: a program that now gets InvalidAccessKeyId.Inactive must read its secret again. Do not enable this key.`
      : say`What to do: a program that now gets InvalidAccessKeyId.Inactive must read its secret again. If that takes long, enable the key until then.`,
  }),
  'keyturn.accesskey.deleted': ({ data }) => ({
    tone: 'info',
    title: say`Old AccessKey of ${data.user} deleted`,
    lines: [say`Account ${data.account}: the key ${shortKey(data.keyId)} is gone.`, ...reason(data.reason)],
    todo: say`What to do: nothing. If it was needed after all, RAM keeps it in the recycle bin for 30 days.`,
  }),
  'keyturn.accesskey.blocked': ({ data }) => ({
    tone: 'warning',
    title: say`Rotation of ${data.user} is blocked`,
    lines: [say`Account ${data.account}, ${data.reason}: ${data.message}`, ...keys(data.keyIds)],
    todo: say`What to do: remove the cause; the next run goes on by itself.`,
  }),
  'keyturn.accesskey.contained': ({ data }) => ({
    tone: 'alarm',
    title: say`AccessKeys of ${data.user} disabled in an emergency`,
    lines: [
      say`Account ${data.account}: no new key was issued.`,
      ...keys(data.keyIds),
      ...reason(data.reason),
    ],
    todo: say`What to do: look for misuse of these keys in ActionTrail. The next run issues a new key where there is room.`,
  }),
  'keyturn.leak.found': ({ data }) => ({
    tone: 'alarm',
    title: data.exempt
      ? say`Leaked AccessKey of ${data.user}, who is exempt`
      : say`Leaked AccessKey of ${data.user}: keyturn did not disable it`,
    lines: [
      say`Account ${data.account}: the key ${shortKey(data.keyId)} was found in public code.`,
      ...places(data),
      say`Why, ${data.reason}: ${data.message}`,
    ],
    todo: say`What to do: disable this key now, look for misuse in ActionTrail, and mark the finding as handled in Security Center.`,
  }),
  'keyturn.leak.contained': ({ data }) => ({
    tone: 'alarm',
    title: say`Leaked AccessKey of ${data.user} disabled`,
    lines: [
      say`Account ${data.account}: the key ${shortKey(data.keyId)} was found in public code and no longer signs.`,
      ...places(data),
    ],
    todo: say`What to do: look for misuse of this key in ActionTrail, take it out of the code, and give the programs of ${data.user} another one. Do not enable it again.`,
  }),
  'keyturn.leak.replaced': ({ data }) => ({
    tone: 'alarm',
    title: say`Leaked AccessKey of ${data.user} replaced`,
    lines: [
      say`Account ${data.account}: the key ${shortKey(data.keyId)} was found in public code and no longer signs.`,
      say`Its successor ${shortKey(data.newKeyId)} is in the secret ${data.secretName}.`,
      ...places(data),
    ],
    todo: say`What to do: look for misuse of the leaked key in ActionTrail, and take it out of the code.`,
  }),
  'keyturn.inactive.warning': (fact) => ({
    tone: 'warning',
    title: say`${fact.data.user} is about to be disabled for inactivity`,
    lines: [
      inactive(fact.data),
      ...keys(fact.data.keyIds),
      disabledIn(fact.data.disabledFrom, daysUntil(fact.data.disabledFrom, fact)),
    ],
    todo: say`What to do: if it is still needed, use it before then or add an exemption with a reason.`,
  }),
  'keyturn.inactive.disabled': ({ data }) => ({
    tone: 'warning',
    title: say`${data.user} disabled for inactivity`,
    lines: [
      inactive(data),
      ...keys(data.keyIds),
      ...(data.deletedFrom ? [say`Deletion follows from ${shortTime(data.deletedFrom)} on.`] : []),
    ],
    todo: say`What to do: nothing if it is no longer needed. Otherwise restore it with the keyturn command line and add an exemption.`,
  }),
  'keyturn.inactive.deleted': ({ data }) => ({
    tone: 'warning',
    title: say`${data.user} deleted after long inactivity`,
    lines: [inactive(data), ...keys(data.keyIds)],
    todo: say`What to do: nothing. Keys that were deleted stay in RAM's recycle bin for 30 days.`,
  }),
  'keyturn.run.failed': ({ data }) => ({
    tone: 'alarm',
    title: say`keyturn: a run of ${data.function} failed`,
    lines: [
      say`Account ${data.account}, request ${data.requestId}: ${data.reason}`,
      ...data.failures
        .slice(0, LISTED)
        .map(({ user, error }) => (user ? say`User ${user}: ${error}` : say`Error: ${error}`)),
      ...(data.failures.length > LISTED ? [say`and ${data.failures.length - LISTED} more`] : []),
    ],
    todo: say`What to do: read the report of this run in the function's log. The next run tries again.`,
  }),
  'keyturn.run.halted': ({ data }) => ({
    tone: 'alarm',
    title: say`keyturn: a run of ${data.function} was halted`,
    lines: [
      say`Account ${data.account}, request ${data.requestId}: ${data.reason}`,
      ...(data.due !== undefined && data.limit !== undefined
        ? [say`The limit is ${data.limit}; ${data.due} would have been disabled or deleted. None was.`]
        : []),
    ],
    todo: say`What to do: check the plan in the report of this run. If it is right, raise the limit; if not, correct the configuration.`,
  }),
  'keyturn.test': ({ data }) => ({
    tone: 'info',
    title: say`keyturn: test notice`,
    lines: [say`Account ${data.account}: notices of keyturn arrive here.`],
    todo: say`What to do: nothing.`,
  }),
};

function oldKey(keyId: string, { oldKeyDisabledFrom: from, emergency, rolledBack }: Rotated): Phrase {
  if (emergency) return say`This is an emergency: the old key ${shortKey(keyId)} is being disabled now.`;
  if (rolledBack && !from)
    return say`It is the key from before the last rotation again. The newer key ${shortKey(keyId)} is left as it is, and rotation is on hold.`;
  if (!from) return say`The old key ${shortKey(keyId)} will be disabled once it is no longer used.`;
  return say`The old key ${shortKey(keyId)} will be disabled from ${shortTime(from)} on, once it is no longer used.`;
}

type Rotated = FactData['keyturn.accesskey.rotated'];

function lastUse(keyId: string, { at, service }: LastUse): Phrase {
  if (!at)
    return say`When the old key ${shortKey(keyId)} was last used is not known, so it counts as in use.`;
  if (!service) return say`The old key ${shortKey(keyId)} was last used on ${shortTime(at)}.`;
  return say`The old key ${shortKey(keyId)} was last used on ${shortTime(at)} with ${service}.`;
}

const usedBy = (by: UsedBy | undefined): Phrase[] => [
  ...seen(by?.services, (what) => say`It was used for ${what}.`),
  ...seen(by?.addresses, (what) => say`It was used from ${what}.`),
  ...seen(by?.events, (what) => say`The last calls: ${what}.`),
];

function askedAgain(days: number): Phrase {
  return days === 1 ? say`You will be asked again in 1 day.` : say`You will be asked again in ${days} days.`;
}

function disabledIn(from: string, days: number): Phrase {
  if (days === 1) return say`It will be disabled in 1 day, from ${shortTime(from)} on.`;
  return say`It will be disabled in ${days} days, from ${shortTime(from)} on.`;
}

function inactive({
  account,
  keyId,
  lastActiveAt,
}: {
  account: string;
  keyId?: string;
  lastActiveAt?: string;
}): Phrase {
  const since = lastActiveAt ? shortTime(lastActiveAt) : undefined;
  if (keyId && since) return say`Account ${account}: the key ${shortKey(keyId)} was last active on ${since}.`;
  if (keyId) return say`Account ${account}: the key ${shortKey(keyId)} was never used.`;
  if (since) return say`Account ${account}: the user was last active on ${since}.`;
  return say`Account ${account}: the user was never active.`;
}

function places({ places, findings }: { places: Place[]; findings: number }): Phrase[] {
  const shown = places.slice(0, LISTED);
  const more = findings - shown.length;
  return [
    ...shown.map(({ repository, file, url, finding }) => {
      if (repository && file) return say`Found in ${repository}, file ${file} (${url ?? finding}).`;
      return url ? say`Found at ${url}.` : say`Security Center has finding ${finding} about it.`;
    }),
    ...(more > 0 ? [say`and in ${more} more places`] : []),
  ];
}

const keys = (keyIds: string[] = []) =>
  keyIds.length > 0 ? [say`Keys: ${keyIds.map(shortKey).join(', ')}`] : [];

const reason = (text: string | undefined) => (text ? [say`Reason: ${text}`] : []);

const many: Catalogue['many'] = {
  'keyturn.accesskey.rotated': {
    tone: 'info',
    title: (count) => say`${count} AccessKeys rotated`,
    line: ({ data: { user, keyId, secretName, oldKeyId, oldKeyDisabledFrom } }) => {
      if (!oldKeyId) return say`• ${user}: first key ${shortKey(keyId)} in the secret ${secretName}`;
      if (!oldKeyDisabledFrom)
        return say`• ${user}: ${shortKey(oldKeyId)} is replaced by ${shortKey(keyId)} in the secret ${secretName}`;
      return say`• ${user}: ${shortKey(keyId)} in the secret ${secretName}; the old one ends from ${shortTime(oldKeyDisabledFrom)} on`;
    },
    todo: say`What to do: let every program of these users read its secret again (stage ACSCurrent).`,
  },
  'keyturn.accesskey.stillused': {
    tone: 'warning',
    title: (count) => say`${count} old AccessKeys are still in use`,
    line: ({ data }) =>
      data.lastUsed.at
        ? say`• ${data.user}: ${shortKey(data.keyId)} was last used on ${shortTime(data.lastUsed.at)}`
        : say`• ${data.user}: ${shortKey(data.keyId)}, last use not known`,
    todo: say`What to do: find the programs that sign with these keys and let them read their secret again. Once a key is quiet, keyturn disables it.`,
  },
  'keyturn.accesskey.disabled': {
    tone: 'info',
    title: (count) => say`${count} old AccessKeys disabled`,
    line: ({ data }) => say`• ${data.user}: ${shortKey(data.keyId)}`,
    todo: say`What to do: a program that now gets InvalidAccessKeyId.Inactive must read its secret again. If that takes long, enable the key until then.`,
  },
  'keyturn.accesskey.deleted': {
    tone: 'info',
    title: (count) => say`${count} old AccessKeys deleted`,
    line: ({ data }) => say`• ${data.user}: ${shortKey(data.keyId)}`,
    todo: say`What to do: nothing. If one was needed after all, RAM keeps it in the recycle bin for 30 days.`,
  },
  'keyturn.accesskey.blocked': {
    tone: 'warning',
    title: (count) => say`The rotation of ${count} users is blocked`,
    line: ({ data }) => say`• ${data.user}, ${data.reason}: ${data.message}`,
    todo: say`What to do: remove the causes; the next run goes on by itself.`,
  },
  'keyturn.accesskey.contained': {
    tone: 'alarm',
    title: (count) => say`AccessKeys of ${count} users disabled in an emergency`,
    line: ({ data }) => say`• ${data.user}: ${data.keyIds.map(shortKey).join(', ')}`,
    todo: say`What to do: look for misuse of these keys in ActionTrail. The next run issues new keys where there is room.`,
  },
  'keyturn.leak.found': {
    tone: 'alarm',
    title: (count) => say`${count} leaked AccessKeys that keyturn did not disable`,
    line: ({ data }) => say`• ${data.user}: ${shortKey(data.keyId)}, ${data.reason}`,
    todo: say`What to do: disable these keys now, look for misuse in ActionTrail, and mark the findings as handled in Security Center.`,
  },
  'keyturn.leak.contained': {
    tone: 'alarm',
    title: (count) => say`${count} leaked AccessKeys disabled`,
    line: ({ data }) => say`• ${data.user}: ${shortKey(data.keyId)}`,
    todo: say`What to do: look for misuse of these keys in ActionTrail, take them out of the code, and give the programs other ones. Do not enable them again.`,
  },
  'keyturn.leak.replaced': {
    tone: 'alarm',
    title: (count) => say`${count} leaked AccessKeys replaced`,
    line: ({ data }) =>
      say`• ${data.user}: ${shortKey(data.keyId)} is replaced by ${shortKey(data.newKeyId)} in the secret ${data.secretName}`,
    todo: say`What to do: look for misuse of the leaked keys in ActionTrail, and take them out of the code.`,
  },
  'keyturn.inactive.warning': {
    tone: 'warning',
    title: (count) => say`${count} users and keys are about to be disabled for inactivity`,
    line: ({ data }) => say`• ${subjectOf(data)}: disabled from ${shortTime(data.disabledFrom)} on`,
    todo: say`What to do: use what is still needed before then, or add an exemption with a reason.`,
  },
  'keyturn.inactive.disabled': {
    tone: 'warning',
    title: (count) => say`${count} users and keys disabled for inactivity`,
    line: ({ data }) => say`• ${subjectOf(data)}`,
    todo: say`What to do: nothing about those that are no longer needed. Restore the others with the keyturn command line and add an exemption.`,
  },
  'keyturn.inactive.deleted': {
    tone: 'warning',
    title: (count) => say`${count} users and keys deleted after long inactivity`,
    line: ({ data }) => say`• ${subjectOf(data)}`,
    todo: say`What to do: nothing. Keys that were deleted stay in RAM's recycle bin for 30 days.`,
  },
  'keyturn.run.failed': {
    tone: 'alarm',
    title: (count) => say`keyturn: ${count} runs failed`,
    line: ({ data }) => say`• ${data.function}, request ${data.requestId}: ${data.reason}`,
    todo: say`What to do: read the reports of these runs in the functions' logs. The next runs try again.`,
  },
  'keyturn.run.halted': {
    tone: 'alarm',
    title: (count) => say`keyturn: ${count} runs were halted`,
    line: ({ data }) => say`• ${data.function}, request ${data.requestId}: ${data.reason}`,
    todo: say`What to do: check the plans in the reports of these runs. If they are right, raise the limit; if not, correct the configuration.`,
  },
  'keyturn.test': {
    tone: 'info',
    title: (count) => say`keyturn: ${count} test notices`,
    line: ({ data }) => say`• account ${data.account}`,
    todo: say`What to do: nothing.`,
  },
};

const subjectOf = ({ user, keyId }: { user: string; keyId?: string }): string =>
  keyId ? `${user} ${shortKey(keyId)}` : user;

export const en: Catalogue = {
  one,
  many,
  more: (left) => say`and ${left} more: see the report of this run, or keyturn status`,
  inAccount: (account) => say`Account ${account}:`,
  inAccounts: (count) => say`In ${count} accounts:`,
};
