import type { Argument, Option } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import type { Config } from '../../config/schema';
import { withManual } from '../help';
import { readConfig } from '../operator/workplace';

type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/**
 * Does without the bash-completion package, and hands what was typed to keyturn as it is: nothing in it is
 * evaluated before Enter.
 */
const bash = `# bash completion for keyturn
_keyturn() {
  local line out
  out=$(keyturn complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=()
  while IFS= read -r line; do
    [[ $line == :* ]] || COMPREPLY+=("\${line%%$'\\t'*}")
  done <<< "$out"
}
complete -o bashdefault -o default -F _keyturn keyturn`;

/** Adds `keyturn completion <shell>`, and the hidden command that the shells ask. Comes after all other commands. */
export function addCompletion(keyturn: Command): void {
  const completion = tab(keyturn, { completionCommandName: 'completion' });
  for (const { options, arguments: taken } of completion.commands.values()) {
    suggest(options.get('user'), userNames);
    suggest(taken.get('user'), userNames);
    suggest(options.get('account'), accountIds);
  }
  const command = keyturn.commands.find((each) => each.name() === 'completion');
  if (!command) return;
  withManual(
    command
      .description('Print a script that lets the shell complete commands, options, choices and user names.')
      .action((shell: Shell) => {
        if (shell === 'bash') console.log(bash);
        else completion.setup('keyturn', 'keyturn', shell);
      }),
    {
      examples: [
        ['completion bash > ~/.local/share/bash-completion/completions/keyturn', 'for bash'],
        ['completion zsh > ~/.zfunc/_keyturn', 'for zsh, with ~/.zfunc in fpath and compinit in use'],
        ['completion fish > ~/.config/fish/completions/keyturn.fish', 'for fish'],
        ['completion powershell >> $PROFILE', 'for PowerShell'],
      ],
      ends: { 1: 'does not occur', 2: 'the shell is none of these' },
    },
  );
}

function suggest(to: Option | Argument | undefined, values: () => string[]): void {
  if (!to) return;
  to.handler = (complete) => {
    for (const value of values()) complete(value, '');
  };
}

/** Whom the configuration names; the cloud is not asked. */
function userNames(): string[] {
  const { rotation, exempt } = configIfSound() ?? {};
  const exempted = (exempt ?? []).flatMap((each) => ('user' in each ? each.user : []));
  return [...new Set([...(rotation?.users.names ?? []), ...exempted])];
}

const accountIds = (): string[] => (configIfSound()?.accounts ?? []).map(({ id }) => id);

/** Where there is none to read, there is nothing to suggest. */
function configIfSound(): Config | undefined {
  try {
    return readConfig();
  } catch {
    return undefined;
  }
}
