import type { RunReport } from '../../report/run-report';
import { handlerOf, RunFailedError } from '../../run/handler';
import type { Definition } from '../../run/use-case';
import { type ExitCode, exitCode } from '../exit-code';
import type { RequestEvent, RotationEvent, RunOptions } from '../options';
import { unproven } from '../text/emergency-proof';
import { whileWaiting } from '../text/progress-bar';
import { reportText } from '../text/report';
import { operatorContext } from './credentials';
import { readConfig } from './workplace';

type Asked = { dryRun: boolean; account?: string | undefined; reason?: string | undefined };

/** Runs a function's own handler on this machine, with the operator's credentials, and prints its report. */
export async function runHere<R extends Asked>(
  definition: Definition<R>,
  event: RequestEvent | RotationEvent,
  { config, json }: RunOptions,
): Promise<ExitCode> {
  const report = await reportHere(definition, event, config);
  console.log(json ? JSON.stringify(report, null, 2) : reportText(report));
  return codeFor(report, event);
}

/** The report of a run on this machine, failed ones too. */
export async function reportHere<R extends Asked>(
  definition: Definition<R>,
  event: RequestEvent | RotationEvent,
  config: string | undefined,
): Promise<RunReport> {
  const payload = Buffer.from(JSON.stringify(event));
  // What cannot be meant is refused at once: to look for credentials may take seconds.
  definition.parse(payload);
  readConfig(config);
  const handler = handlerOf(definition, { write: () => undefined });
  const run = handler(payload, await operatorContext()).catch((error: unknown) => {
    if (error instanceof RunFailedError) return error.report;
    throw error;
  });
  return whileWaiting(`${definition.name} is at work`, run);
}

/** An emergency is done only where the report proves that the leaked key is dead. */
export function codeFor(report: RunReport, event: RequestEvent | RotationEvent): ExitCode {
  if (report.status !== 'ok') return exitCode.failed;
  if (!('emergency' in event) || event.dryRun) return exitCode.done;
  const alive = unproven(report, event.users ?? [], event.keyId);
  if (alive.length === 0) return exitCode.done;
  console.error(
    `Not proven dead: the key of ${alive.join(', ')}. Run the emergency again, or disable it now with --contain-only.`,
  );
  return exitCode.failed;
}
