import { openAccount } from '../../accounts/open';
import { sideBySide } from '../../base/side-by-side';
import type { AccountConfig } from '../../config/schema';
import type { UserReport } from '../../report/run-report';
import { failureOf, userReport } from '../../report/user-report';
import type { RotationRun } from '../context';

/** A user of an emergency, in the account that it was found in. */
export interface Located {
  readonly account: AccountConfig;
  readonly user: string;
}

const askedAtOnce = 50;

/** The console shows users as `svc@1234567890123456.onaliyun.com`; RAM knows what stands before the `@`. */
export const nameOf = (principal: string): string => principal.replace(/@[\w.-]+\.onaliyun\.com$/, '');

/**
 * The users that an emergency is about. Where it names no account, all are asked, side by side; where it names a key
 * and no user, IMS knows whose it is. What cannot be told for certain is a failure that says what to name.
 */
export async function locate(run: RotationRun): Promise<{ located: Located[]; failures: UserReport[] }> {
  const { accounts, request } = run;
  const { users = [], keyId } = request;
  const [only] = accounts;
  if (users.length > 0 && only && accounts.length === 1) {
    return { located: users.map((user) => ({ account: only, user: nameOf(user) })), failures: [] };
  }
  const found: Located[] = [];
  const unread: string[] = [];
  await sideBySide(accounts, askedAtOnce, async (account) => {
    try {
      const { ram, ims } = await openAccount(run, account);
      const names = keyId
        ? [(await ims.getUser({ accessKeyId: keyId }))?.name]
        : await Promise.all(users.map(async (user) => (await ram.getUser(nameOf(user)))?.name));
      for (const user of names) if (user !== undefined) found.push({ account, user });
    } catch (error) {
      unread.push(`account ${account.id} could not be asked (${failureOf(error).message})`);
    }
  });
  const wanted = users.length > 0 ? users.map(nameOf) : found.map(({ user }) => user);
  if (keyId && found.length === 0) return { located: [], failures: [unknownKey(run, keyId, unread)] };
  const located: Located[] = [];
  const failures: UserReport[] = [];
  for (const user of new Set(wanted)) {
    const places = found.filter((each) => each.user === user);
    const [place] = places;
    // A key is of one user only; a name may stand for another user in an account that did not answer.
    if (place && places.length === 1 && (keyId || unread.length === 0)) located.push(place);
    else failures.push(unclear(run, user, places, unread));
  }
  return { located, failures };
}

const ownId = ({ accounts }: RotationRun): string => accounts[0]?.id ?? '';

function unknownKey(run: RotationRun, keyId: string, unread: readonly string[]): UserReport {
  const { accounts, request } = run;
  const where = accounts.length === 1 ? `account ${ownId(run)}` : `any of the ${accounts.length} accounts`;
  const message = [
    `Key ${keyId} is not a key of a user in ${where}; nothing was changed.`,
    ...(unread.length > 0 ? [`But ${unread.join(', and ')}: say users, and account, to go on.`] : []),
  ].join(' ');
  const who = { account: ownId(run), name: request.users?.[0] ?? '<unknown>' };
  return userReport(who, { reason: 'Refused', message, failure: { code: 'UnknownKey', message } });
}

function unclear(
  run: RotationRun,
  user: string,
  places: readonly Located[],
  unread: readonly string[],
): UserReport {
  const ids = places.map(({ account }) => account.id);
  const code = ids.length === 0 && unread.length === 0 ? 'UserNotFound' : 'AccountUnclear';
  const message = [
    ids.length === 0
      ? `No account that could be asked has a RAM user ${user}; nothing was changed.`
      : `RAM user ${user} is in account ${ids.join(' and ')}; nothing was changed.`,
    ...(unread.length > 0 ? [`But ${unread.join(', and ')}.`] : []),
    code === 'UserNotFound' ? 'Check the name.' : 'Say with account which one is meant.',
  ].join(' ');
  const reason = code === 'UserNotFound' ? 'UserNotFound' : 'Refused';
  return userReport(
    { account: ids[0] ?? ownId(run), name: user },
    { reason, message, failure: { code, message } },
  );
}
