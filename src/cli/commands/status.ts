import { Command, Option } from 'commander';
import { nearest } from '../../base/nearest';
import type { Status } from '../../status/account-status';
import { type RosterOfAccount, readRosters, survey } from '../../status/survey-accounts';
import { CommandError, type ExitCode, exitCode } from '../exit-code';
import { withManual } from '../help';
import { openingHere } from '../operator/accounts';
import { operatorContext } from '../operator/credentials';
import { readConfig } from '../operator/workplace';
import { type RunOptions, userOption, withConfigOption } from '../options';
import { progressBar, whileWaiting } from '../text/progress-bar';
import { statusText, wantsColors } from '../text/status';

type StatusOptions = Pick<RunOptions, 'user' | 'account' | 'json' | 'config'>;

export function statusCommand(): Command {
  const command = new Command('status')
    .description('Tell where every managed user stands, and what comes next; reads only.')
    .addOption(userOption())
    .option('--account <id>', 'only this account, where keyturn works on several')
    .addOption(
      new Option('--all-accounts', 'every account that keyturn works on (the default)').conflicts('account'),
    )
    .option('--json', 'print it as JSON, see docs/status.md');
  withManual(command, {
    examples: [
      ['status', 'every managed user of every account, those first of whom a person must take care'],
      ['status --user svc-orders --json', 'one user, for a program; docs/status.md tells the fields'],
    ],
    ends: {
      0: 'everything could be read; that a user is blocked is told, and is no failure',
      1: 'an account or a user could not be read',
      2: 'what was typed, or the configuration, cannot be used, or a user is not managed',
    },
  });
  return withConfigOption(command).action(async (options: StatusOptions) => {
    const { user: users, account, json } = options;
    const config = readConfig(options.config);
    const here = openingHere({ config, mode: 'plan', context: await operatorContext() });
    // A person may wait longer than a function may run.
    const opening = { ...here, deadlineAt: Number.POSITIVE_INFINITY };
    const enrolled = await whileWaiting('Reading who is managed', readRosters(opening, account));
    refuseStrangers(users ?? [], enrolled);
    const status = await survey(opening, enrolled, { users, progress: progressBar('Reading users') });
    console.log(json ? JSON.stringify(status, null, 2) : statusText(status, wantsColors()));
    process.exitCode = codeFor(status);
  });
}

/** Nobody is called a stranger while an account that may know the user cannot be read. */
function refuseStrangers(users: readonly string[], enrolled: readonly RosterOfAccount[]): void {
  const rosters = enrolled.flatMap((each) => ('roster' in each ? each.roster : []));
  if (rosters.length < enrolled.length) return;
  const managed = rosters.flatMap(({ candidates }) => candidates.map(({ look }) => look.user.name));
  const stranger = users.find((name) => !managed.includes(name));
  if (stranger === undefined) return;
  if (rosters.some(({ users: known }) => known.some(({ name }) => name === stranger))) {
    throw new CommandError(
      `User ${stranger} is not managed: rotation.users in the configuration says who is.`,
      exitCode.refused,
    );
  }
  const meant = nearest(stranger, managed);
  throw new CommandError(
    `There is no RAM user ${stranger}.${meant ? ` Did you mean ${meant}?` : ''}`,
    exitCode.refused,
  );
}

/** That a person must act is told, and is no failure of the command. */
function codeFor({ accounts }: Status): ExitCode {
  const unread = accounts.some(({ error, users }) => error || users.some(({ state }) => state === 'failed'));
  return unread ? exitCode.failed : exitCode.done;
}
