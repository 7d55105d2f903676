import { systemClock as clock } from '../clock';
import type { Mode } from '../cloud/gate';
import type { Config } from '../config/schema';
import { type Restored, restoreUser } from '../inactivity/restore';
import { accountsOf, openAccount } from '../run/accounts';
import type { FunctionContext } from '../run/function-context';
import { limitsOf } from '../run/time-limit';
import { CommandError, exitCode } from './exit-code';

interface Restoring {
  readonly config: Config;
  readonly mode: Mode;
  /** With the credentials of whoever restores. */
  readonly context: FunctionContext;
  /** May be left out where keyturn works on one account. */
  readonly account?: string | undefined;
}

/** @throws CommandError, EventError where it is not clear in which account; CloudError */
export async function restoreHere(
  userName: string,
  { config, mode, context, account: named }: Restoring,
): Promise<Restored> {
  const opening = { config, context, clock, mode, deadlineAt: limitsOf(context, clock).deadlineAt };
  const [account, ...others] = await accountsOf(opening, named);
  if (!account || others.length > 0) {
    throw new CommandError(
      'keyturn works on several accounts, so nothing was done: say with --account which of them the user is in.',
      exitCode.refused,
    );
  }
  const cloud = await openAccount(opening, account);
  return restoreUser({ cloud, clock, rotation: config.rotation, userName });
}
