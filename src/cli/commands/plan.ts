import { Argument, Command } from 'commander';
import { disableInactiveFunction } from '../../inactivity/disable-inactive';
import { rotateKeysFunction } from '../../rotation/rotate-keys';
import { withManual } from '../help';
import { codeFor, reportHere } from '../operator/run';
import { readConfig } from '../operator/workplace';
import { type RunOptions, runEvent, userOption, withConfigOption } from '../options';
import { planText } from '../text/plan';
import { wantsColors } from '../text/status';

interface PlanOptions extends Omit<RunOptions, 'dryRun' | 'reason'> {
  all?: true;
}

const jobs = ['rotate', 'inactive'] as const;

export function planCommand(): Command {
  const command = new Command('plan')
    .description('Tell what the next run would do and why, as the function itself decides it; reads only.')
    .addArgument(new Argument('<job>', 'which run').choices(jobs))
    .addOption(userOption())
    .option('--account <id>', 'only this account, where keyturn works on several')
    .option('--all', 'list those too who are left alone')
    .option('--json', "print the run's report as JSON");
  withManual(command, {
    examples: [
      ['plan rotate', 'what the next run of rotate-keys does, what waits, what is blocked'],
      ['plan inactive --all', 'the same of disable-inactive, with everybody whom it leaves alone'],
    ],
    ends: {
      0: 'the run would succeed',
      1: 'the run would fail or be halted; the output says why',
    },
  });
  return withConfigOption(command).action(async (job: (typeof jobs)[number], options: PlanOptions) => {
    const { config: file, all = false, json } = options;
    const { mode } = readConfig(file);
    const event = { ...runEvent(options), dryRun: true };
    const folder = process.cwd();
    const report = await (job === 'rotate'
      ? reportHere(rotateKeysFunction(folder), event, file)
      : reportHere(disableInactiveFunction(folder), event, file));
    console.log(
      json ? JSON.stringify(report, null, 2) : planText(report, { mode, all, colored: wantsColors() }),
    );
    process.exitCode = codeFor(report, event);
  });
}
