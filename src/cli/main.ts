import { existsSync } from 'node:fs';
import { CommanderError } from 'commander';
import { CloudError } from '../cloud/error';
import { scrub } from '../cloud/scrub';
import { prepareEnvironment } from '../config/environment';
import { ConfigurationError, EventError } from '../config/error';
import { CommandError, type ExitCode, exitCode } from './exit-code';
import { program } from './program';

/** As Serverless Devs does: what is set already wins. */
const environmentFile = '.env';

/** Runs one command line to its end; `process.exitCode` tells how it ended. */
export async function main(args = process.argv.slice(2)): Promise<void> {
  try {
    if (existsSync(environmentFile)) process.loadEnvFile(environmentFile);
    prepareEnvironment(process.env);
    await program().parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = codeOf(error);
    if (!(error instanceof CommanderError)) console.error(sentenceOf(error));
  }
}

function codeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.refused;
  if (error instanceof ConfigurationError || error instanceof EventError) return exitCode.refused;
  return error instanceof CommandError ? error.exitCode : exitCode.failed;
}

function sentenceOf(error: unknown): string {
  if (error instanceof CloudError) return `${error.code}: ${error.message}`;
  return scrub(error instanceof Error ? error.message : String(error));
}
