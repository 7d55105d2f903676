import { Command } from 'commander';
import { rotateKeysFunction } from '../../rotation/rotate-keys';
import { withManual } from '../help';
import { runHere } from '../operator/run';
import { withConfigOption } from '../options';

interface RollbackOptions {
  reason: string;
  dryRun?: true;
  account?: string;
  json?: true;
  config?: string;
}

export function rollbackCommand(): Command {
  const command = new Command('rollback')
    .description('Go back to the old key of a user while it still exists, and put the user on hold.')
    .argument('<user>', 'the name of the RAM user')
    .requiredOption('--reason <text>', 'why, for the record and the notices')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--account <id>', 'the account of the user, where keyturn works on several')
    .option('--json', 'print the report as JSON');
  withManual(command, {
    examples: [
      ['rollback svc-orders --reason "cannot sign" --dry-run', 'whether there is a way back, and which'],
      ['rollback svc-orders --reason "cannot sign"', 'the old key enabled, proven and current again'],
      ['release svc-orders', 'afterwards: lets rotation go on'],
    ],
    ends: {
      0: 'the old key is current again, and the user is on hold',
      1: 'it was refused or not finished; the output says why, and what to do',
    },
  });
  return withConfigOption(command).action(async (user: string, options: RollbackOptions) => {
    const { reason, dryRun, account } = options;
    const event = {
      users: [user],
      rollback: true,
      reason,
      ...(dryRun && { dryRun }),
      ...(account && { account }),
    };
    process.exitCode = await runHere(rotateKeysFunction(process.cwd()), event, options);
  });
}
