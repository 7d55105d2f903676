import { Duration } from 'luxon';
import type { Config } from '../config/schema';
import type { SimulatedAccount } from './member';
import type { KnownAccount } from './status-file';

/** The account that a status tells of, as far as it tells. */
export function castOfStatus(status: KnownAccount, { rotation }: Config): SimulatedAccount {
  const { account, region, at, users, usersInAccount, missing } = status;
  const unread = users.filter(({ state }) => state === 'failed').map(({ user }) => user);
  const members = users.filter(({ state }) => state !== 'failed').map((known) => ({ known, managed: true }));
  const told = new Set([...users.map(({ user }) => user), ...missing]);
  const untold = rotation.users.names.filter((name) => !told.has(name));
  const { tag, group, names } = rotation.users;
  const uncovered = tag || group ? [] : users.map(({ user }) => user).filter((user) => !names.includes(user));
  const others = Math.max(0, usersInAccount - users.length);
  return {
    account,
    region,
    startsAt: Date.parse(at),
    members,
    others,
    grace: graceOf(status).toMillis(),
    notes: [
      'A status tells nothing of console logons: its users are simulated without.',
      ...(others > 0
        ? [
            `The ${others} users whom keyturn does not manage are there by number alone, since a status tells no more.`,
          ]
        : []),
      ...(unread.length > 0 ? [`Left out, since the status could not read them: ${unread.join(', ')}.`] : []),
      ...(untold.length > 0
        ? [`Named by the configuration, and not in the status: ${untold.join(', ')}. They do not exist here.`]
        : []),
      ...(uncovered.length > 0
        ? [`Managed in the status, and not by this configuration: ${uncovered.join(', ')}.`]
        : []),
    ],
  };
}

function graceOf({ rotation }: KnownAccount): Duration {
  const grace = Duration.fromISO(rotation.grace);
  return grace.isValid ? grace : Duration.fromMillis(0);
}
