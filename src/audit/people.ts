import type { DateTime } from 'luxon';
import { type Finding, unknown } from './check';
import type { AccountFacts, ActiveKey, KeyFacts, Logon, UserFacts } from './facts';

type Enabled = Extract<Logon, { kind: 'enabled' }>;

/** `User svc-orders`, and that the user is exempt: it counts all the same. */
export function nameOf({ name, exemption }: UserFacts): string {
  if (exemption.kind === 'unread') return `User ${name} (whether exempt could not be read)`;
  return exemption.value ? `User ${name} (exempt: ${exemption.value.reason})` : `User ${name}`;
}

/** As `nameOf`, where the user may be none that was listed. */
export function nameIn({ users }: AccountFacts): (name: string) => string {
  const known = new Map(users.kind === 'read' ? users.value.map((user) => [user.name, user]) : []);
  return (name) => {
    const user = known.get(name);
    return user ? nameOf(user) : `User ${name}`;
  };
}

export function eachUser(
  { users }: AccountFacts,
  look: (user: UserFacts) => readonly Finding[],
): readonly Finding[] {
  if (users.kind === 'unread') return [unknown(`The users could not be read: ${users.why}`)];
  return users.value.flatMap(look);
}

export const eachLogon = (
  facts: AccountFacts,
  look: (logon: Enabled, user: UserFacts) => readonly Finding[],
): readonly Finding[] =>
  eachUser(facts, (user) => {
    const { logon } = user;
    if (logon.kind === 'unread')
      return [unknown(`${nameOf(user)}: the logon could not be read: ${logon.why}`)];
    return logon.value.kind === 'enabled' ? look(logon.value, user) : [];
  });

/** All keys of a user at once. */
export const eachKeyRing = (
  facts: AccountFacts,
  look: (keys: readonly KeyFacts[], user: UserFacts) => readonly Finding[],
): readonly Finding[] =>
  eachUser(facts, (user) => {
    const { keys } = user;
    if (keys.kind === 'unread') return [unknown(`${nameOf(user)}: the keys could not be read: ${keys.why}`)];
    return look(keys.value, user);
  });

export const eachActiveKey = (
  facts: AccountFacts,
  look: (key: ActiveKey, user: UserFacts) => readonly Finding[],
): readonly Finding[] =>
  eachKeyRing(facts, (keys, user) => keys.filter(isActive).flatMap((key) => look(key, user)));

export const isActive = (key: KeyFacts): key is ActiveKey => key.status === 'Active';

/** `132 days` */
export function daysFrom(from: DateTime, now: DateTime): string {
  const days = Math.floor(now.diff(from, 'days').days);
  return `${days} day${days === 1 ? '' : 's'}`;
}
