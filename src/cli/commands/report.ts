import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { csvOf } from '../../page/export/csv';
import { mustBeWritable, putFile } from '../../page/export/write-file';
import type { LoggedRun, PageModel } from '../../page/model';
import { page } from '../../page/page';
import { newestFirst, runsIn } from '../../page/read-runs';
import { failureOf } from '../../report/user-report';
import { CommandError, exitCode } from '../exit-code';
import { withManual } from '../help';
import { openingHere } from '../operator/accounts';
import { operatorContext } from '../operator/credentials';
import { gatherReport, isWhole } from '../operator/gather-report';
import { readConfig } from '../operator/workplace';
import { type RunOptions, withConfigOption } from '../options';

type ReportOptions = Pick<RunOptions, 'account' | 'config'> &
  Partial<Record<Format, string>> & { runs?: string[] };

const formats = ['html', 'csv', 'json'] as const;
type Format = (typeof formats)[number];

const render: Readonly<Record<Format, (model: PageModel) => string>> = {
  html: page,
  csv: ({ status }) => csvOf(status),
  json: (model) => `${JSON.stringify(model, null, 2)}\n`,
};

/** Standard output, or input. */
const standard = '-';

export function reportCommand(): Command {
  const command = new Command('report')
    .description('Write a page about users, keys, inactivity, audit and past runs; reads only.')
    .option('--html <file>', 'one self-contained page; - is standard output')
    .option('--csv <file>', 'a row per key; - is standard output')
    .option('--json <file>', 'everything that is on the page; - is standard output')
    .option('--runs <file...>', 'logs of past runs, as the functions write them; - is standard input')
    .option('--account <id>', 'only this account, where keyturn works on several');
  withManual(command, {
    examples: [
      ['report --html report.html', 'the page, to be opened in any browser, offline too'],
      ['report --html report.html --runs rotate.log inactive.log', 'with the last runs'],
      ['report --csv - --json report.json', 'for a spreadsheet, and for a program'],
    ],
    ends: {
      0: 'everything was read and written',
      1: 'something could not be read, or a file not be written; what was read is in the report',
    },
  });
  return withConfigOption(command).action(async (options: ReportOptions) => {
    const config = readConfig(options.config);
    const targets = await targetsOf(options);
    const runs = options.runs && (await readRuns(options.runs));
    const opening = openingHere({ config, mode: 'plan', context: await operatorContext() });
    const { account, config: configFile } = options;
    const model = await gatherReport({ opening, account, configFile, runs });
    const written = await writeAll(targets, model);
    process.exitCode = written && isWhole(model) ? exitCode.done : exitCode.failed;
  });
}

interface Target {
  readonly format: Format;
  readonly path: string;
}

/** @throws CommandError where nothing could be written, before anything is read */
async function targetsOf(options: ReportOptions): Promise<Target[]> {
  const targets = formats.flatMap((format) => {
    const path = options[format];
    return path === undefined ? [] : [{ format, path }];
  });
  if (targets.length === 0) {
    throw new CommandError('Say what to write: --html, --csv or --json with a file.', exitCode.refused);
  }
  if (new Set(targets.map(({ path }) => path)).size < targets.length) {
    throw new CommandError('Two of --html, --csv and --json name the same file.', exitCode.refused);
  }
  for (const { format, path } of targets) {
    if (path === standard) continue;
    await mustBeWritable(path).catch((error: Error) => {
      throw new CommandError(`--${format} cannot be written: ${error.message}.`, exitCode.refused);
    });
  }
  return targets;
}

async function readRuns(paths: readonly string[]): Promise<LoggedRun[]> {
  const found: LoggedRun[] = [];
  for (const path of new Set(paths)) {
    const log = await (path === standard ? text(process.stdin) : readFile(path, 'utf8')).catch(
      (error: Error) => {
        throw new CommandError(`--runs cannot be read: ${error.message}.`, exitCode.refused);
      },
    );
    const runs = runsIn(log);
    if (runs.length === 0)
      console.error(`${path === standard ? 'Standard input' : path} holds no report of a run.`);
    found.push(...runs);
  }
  return newestFirst(found);
}

/** One file that cannot be written keeps no other from its place. */
async function writeAll(targets: readonly Target[], model: PageModel): Promise<boolean> {
  let all = true;
  for (const { format, path } of targets) {
    const content = render[format](model);
    try {
      if (path === standard) process.stdout.write(content);
      else {
        await putFile(path, content);
        console.error(`Wrote ${path}.`);
      }
    } catch (error) {
      all = false;
      console.error(`${path} was not written: ${failureOf(error).message}`);
    }
  }
  return all;
}
