import { Command } from 'commander';
import { version } from '../../package.json';
import { invokeCommand } from './commands/invoke';
import { localCommand } from './commands/local';
import { rotateCommand } from './commands/rotate';

const commands = [invokeCommand, rotateCommand, localCommand];

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
