import { Command } from 'commander';
import { version } from '../../package.json';
import { checkCommand } from './commands/check';
import { disableInactiveCommand } from './commands/disable-inactive';
import { invokeCommand } from './commands/invoke';
import { localCommand } from './commands/local';
import { notifyTestCommand } from './commands/notify-test';
import { restoreCommand } from './commands/restore';
import { rotateCommand } from './commands/rotate';
import { setupCommand } from './commands/setup';

const commands = [
  invokeCommand,
  rotateCommand,
  disableInactiveCommand,
  restoreCommand,
  setupCommand,
  checkCommand,
  notifyTestCommand,
  localCommand,
];

/** `keyturn`: one command per file in `commands`. */
export function program(): Command {
  const keyturn = new Command('keyturn')
    .description('AccessKey rotation for Alibaba Cloud.')
    .version(version)
    .showHelpAfterError('(add --help for what is known here)')
    .exitOverride();
  for (const command of commands) keyturn.addCommand(command().copyInheritedSettings(keyturn));
  return keyturn;
}
