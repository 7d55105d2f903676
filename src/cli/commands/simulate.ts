import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DateTime } from 'luxon';
import type { Config } from '../../config/schema';
import { castOfStatus } from '../../simulate/account-of-status';
import { simulatedConfig } from '../../simulate/configuration';
import { NotBuiltError } from '../../simulate/functions';
import { inventedCast } from '../../simulate/invented-account';
import type { SimulatedAccount } from '../../simulate/member';
import { simulate } from '../../simulate/simulate';
import { readStatusFile, StatusFileError } from '../../simulate/status-file';
import { CommandError, exitCode } from '../exit-code';
import { withManual } from '../help';
import { deployRegion } from '../operator/credentials';
import { useConfig, withConfigOption } from '../options';
import { progressBar } from '../text/progress-bar';
import { simulationText } from '../text/simulation';

/** The folder of s.yaml, seen from the built command line. */
const project = join(__dirname, '..', '..');
/** Of the made-up account. */
const ACCOUNT = '1234567890123456';

interface SimulateCommandOptions {
  days: number;
  from?: string;
  account?: string;
  users: number;
  start?: number;
  careless?: string[];
  seed: number;
  json?: true;
  config?: string;
}

export function simulateCommand(): Command {
  const command = new Command('simulate')
    .description(
      'Play the configuration forward, enforced, on a cloud of this machine: nothing outside is called.',
    )
    .option('--days <number>', 'how many days', whole(1, 1000), 365)
    .option('--from <status.json>', 'an account like yours: what `keyturn status --json` printed')
    .option('--account <id>', 'which account of the status (default: the first)')
    .addOption(usersOption())
    .addOption(startOption())
    .option(
      '--careless <user>',
      'its application keeps the key that it has for ever; may be repeated',
      collected,
    )
    .option('--seed <number>', 'the same seed and input give the same simulation', whole(0, 999_999_999), 1)
    .option('--json', 'print everything as JSON');
  withManual(command, {
    examples: [
      ['simulate', 'a year of an account that is made up'],
      ['simulate --from status.json --days 120', 'of an account like yours, after `keyturn status --json`'],
      [
        'simulate --from status.json --careless svc-orders',
        'what becomes of an application that never reads its secret again',
      ],
    ],
    ends: {
      0: 'all goes well',
      1: 'a run fails or is halted, or an application is refused',
      2: 'what was typed, the configuration or the status cannot be used',
    },
  });
  return withConfigOption(command).action(async (options: SimulateCommandOptions) => {
    const simulation = await play(options).catch(refused);
    console.log(options.json ? JSON.stringify(simulation, null, 2) : simulationText(simulation));
    process.exitCode = simulation.ok ? exitCode.done : exitCode.failed;
  });
}

const usersOption = () =>
  new Option('--users <number>', 'without --from: how many users to make up')
    .argParser(whole(1, 5000))
    .default(20)
    .conflicts('from');

const startOption = () =>
  new Option('--start <date>', 'without --from: the first day (default: today)')
    .argParser(day)
    .conflicts('from');

async function play(options: SimulateCommandOptions) {
  const { days, from, account = ACCOUNT, seed, careless = [] } = options;
  useConfig(options.config);
  const status = from === undefined ? undefined : readStatusFile(from, options.account);
  const place = { region: status?.region ?? deployRegion(), account: status?.account ?? account };
  const configuration = simulatedConfig(process.env, process.cwd(), place);
  const cast = status
    ? castOfStatus(status, configuration.config)
    : invented(options, place, configuration.config);
  refuseUnknown(careless, cast);
  return simulate({
    configuration,
    cast,
    source: status ? 'status' : 'made-up',
    days,
    seed,
    careless,
    project,
    timezone: process.env.KEYTURN_TIMEZONE,
    progress: progressBar('Simulating days'),
  });
}

function invented(
  { users, seed, start }: SimulateCommandOptions,
  place: { region: string; account: string },
  config: Config,
): SimulatedAccount {
  const startsAt = start ?? DateTime.utc().startOf('day').toMillis();
  return inventedCast({ ...place, users, seed, startsAt }, config);
}

function refuseUnknown(careless: readonly string[], { members }: SimulatedAccount): void {
  const users = new Set(members.map(({ known }) => known.user));
  const unknown = careless.filter((user) => !users.has(user));
  if (unknown.length === 0) return;
  throw new CommandError(
    `--careless names ${unknown.join(', ')}, who is not in the simulated account.`,
    exitCode.refused,
  );
}

function refused(error: unknown): never {
  const expected = error instanceof StatusFileError || error instanceof NotBuiltError;
  throw expected ? new CommandError(error.message, exitCode.refused) : error;
}

const collected = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

const whole = (least: number, most: number) => (text: string) => {
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
};

function day(text: string): number {
  const date = DateTime.fromFormat(text, 'yyyy-MM-dd', { zone: 'utc', locale: 'en-US' });
  if (date.isValid) return date.toMillis();
  throw new InvalidArgumentError('It must be a date such as 2027-01-31.');
}
