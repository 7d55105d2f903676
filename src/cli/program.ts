import { Command } from 'commander';
import { version } from '../../package.json';
import { adoptCommand } from './commands/adopt';
import { auditCommand } from './commands/audit';
import { checkCommand } from './commands/check';
import { addCompletion } from './commands/completion';
import { disableInactiveCommand } from './commands/disable-inactive';
import { holdCommand } from './commands/hold';
import { invokeCommand } from './commands/invoke';
import { localCommand } from './commands/local';
import { notifyTestCommand } from './commands/notify-test';
import { planCommand } from './commands/plan';
import { releaseCommand } from './commands/release';
import { reportCommand } from './commands/report';
import { restoreCommand } from './commands/restore';
import { rollbackCommand } from './commands/rollback';
import { rotateCommand } from './commands/rotate';
import { setupCommand } from './commands/setup';
import { simulateCommand } from './commands/simulate';
import { statusCommand } from './commands/status';
import { withManual } from './help';

/** In the order of the help. Each command is a file in `commands`. */
const commands: Readonly<Record<string, readonly (() => Command)[]>> = {
  'Look:': [statusCommand, planCommand, reportCommand, checkCommand, auditCommand, simulateCommand],
  'Act:': [
    rotateCommand,
    disableInactiveCommand,
    invokeCommand,
    rollbackCommand,
    holdCommand,
    releaseCommand,
    adoptCommand,
    restoreCommand,
  ],
  'Set up:': [setupCommand, notifyTestCommand, localCommand],
};

/** `keyturn`: what its help shows under each heading. */
export function program(): Command {
  const keyturn = new Command('keyturn')
    .description('AccessKey rotation for Alibaba Cloud.')
    .version(version)
    // Of what commander adds by itself.
    .commandsGroup('Set up:')
    .helpCommand(true)
    .showHelpAfterError('(add --help for what is known here)')
    .exitOverride();
  for (const [heading, group] of Object.entries(commands)) {
    for (const command of group) {
      keyturn.addCommand(command().helpGroup(heading).copyInheritedSettings(keyturn));
    }
  }
  addCompletion(keyturn);
  return withManual(keyturn, {
    examples: [
      ['check', 'before the first run on an account'],
      ['rotate --dry-run', 'what the next run would do'],
      ['rotate --emergency --user svc-orders', 'its key has leaked'],
      ['help rotate', 'everything about one command'],
    ],
  });
}
