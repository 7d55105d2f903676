import type { DateTime } from 'luxon';
import { isoDate } from '../../base/time';
import type { LastUse } from '../../cloud/access-key';
import { type Check, fault, judged, unknown } from '../check';
import { daysFrom, eachLogon, isActive, nameOf } from '../people';

export const consoleMfa: Check = {
  id: 'console-mfa',
  title: 'Every user with console logon has MFA',
  severity: 'high',
  cis: '1.4',
  remedy: 'Require MFA in the logon settings of the user and have a device bound, or disable the logon.',
  judge: (facts) =>
    judged(
      eachLogon(facts, ({ mfa }, user) => {
        if (mfa.kind === 'unread')
          return [unknown(`${nameOf(user)}: the MFA device could not be read: ${mfa.why}`)];
        return mfa.value ? [] : [fault(`${nameOf(user)} can log on to the console and has no MFA device.`)];
      }),
      'Every user who can log on to the console has an MFA device.',
    ),
};

export const unusedLogons: Check = {
  id: 'unused-logons',
  title: 'Console logons that nobody uses are disabled',
  severity: 'medium',
  cis: '1.5',
  remedy: 'Disable the console logon; disable-inactive does so after inactivity.users.disableAfter.',
  judge: (facts, { inactivity }, now) => {
    const idleBefore = now.minus(inactivity.users.disableAfter);
    return judged(
      eachLogon(facts, ({ lastLogon, since }, user) => {
        if (lastLogon.kind === 'unreadable')
          return [unknown(`${nameOf(user)}: the last logon cannot be read: ${lastLogon.why}.`)];
        const at = lastLogon.kind === 'at' ? lastLogon.at : since;
        return at < idleBefore ? [fault(`${nameOf(user)} ${idleWords(lastLogon, since, now)}`)] : [];
      }),
      'Every console logon was used, or changed, lately.',
    );
  },
};

function idleWords(last: LastUse, since: DateTime, now: DateTime): string {
  if (last.kind === 'at') return `last logged on ${daysFrom(last.at, now)} ago, on ${isoDate(last.at)}.`;
  return `has never logged on, and could since ${isoDate(since)}.`;
}

export const logonAndKeys: Check = {
  id: 'logon-and-keys',
  title: 'No user has both console logon and AccessKeys',
  severity: 'medium',
  remedy: 'Let people log on and programs have keys: make two users of it, or take one of the two away.',
  judge: (facts) =>
    judged(
      eachLogon(facts, (_, user) => {
        const { keys } = user;
        if (keys.kind === 'unread')
          return [unknown(`${nameOf(user)}: the keys could not be read: ${keys.why}`)];
        const active = keys.value.filter(isActive).map(({ id }) => id);
        return active.length > 0
          ? [fault(`${nameOf(user)} can log on to the console and has enabled keys: ${active.join(', ')}.`)]
          : [];
      }),
      'No user who can log on to the console has an enabled key.',
    ),
};
