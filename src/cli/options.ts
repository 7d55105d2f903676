import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { RotationRequest, RunRequest } from '../config/event';

/** A repeatable option that takes one or more values. */
const collected = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export const userOption = () =>
  new Option('-u, --user <name>', 'only this user; may be repeated').argParser(collected);

/** A command that asks for a run, wherever it takes place. */
export function runCommand(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .addOption(userOption())
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--reason <text>', 'why, for the record and the notices')
    .option('--account <id>', 'only this account, where keyturn works on several')
    .option('--json', 'print the report as JSON');
}

export function withRotationOptions(command: Command): Command {
  return command
    .option('--emergency', 'replace the current key of the users now: no grace, no quiet period')
    .option('--key-id <id>', 'the key that leaked; is it not the current one, it is only disabled')
    .option('--contain-only', 'disable the leaked key (or every enabled key) now, and issue nothing')
    .option('--again', 'also where an emergency of the last day issued the current key')
    .option('--force', 'also for an exempt user')
    .option('--enforce', 'also while the configuration says mode: plan');
}

export function withConfigOption(command: Command): Command {
  return command.option(
    '-c, --config <file>',
    'the configuration (default: KEYTURN_CONFIG, or keyturn.yaml)',
  );
}

export interface RunOptions {
  user?: string[];
  dryRun?: true;
  reason?: string;
  account?: string;
  json?: true;
  config?: string;
}

export interface RotationOptions extends RunOptions {
  emergency?: true;
  keyId?: string;
  containOnly?: true;
  again?: true;
  force?: true;
  enforce?: true;
}

/** The event that says the same as the options: the field is left out where the option is. */
export type RequestEvent = Partial<RunRequest>;
export type RotationEvent = Partial<RotationRequest>;

export function runEvent({ user, dryRun, reason, account }: RunOptions): RequestEvent {
  return {
    ...(user && { users: user }),
    ...(dryRun && { dryRun }),
    ...(reason && { reason }),
    ...(account && { account }),
  };
}

export function rotationEvent(options: RotationOptions): RotationEvent {
  const { emergency, keyId, containOnly, again, force, enforce } = options;
  return {
    ...runEvent(options),
    ...(emergency && { emergency }),
    ...(keyId && { keyId }),
    ...(containOnly && { containOnly }),
    ...(again && { again }),
    ...(force && { force }),
    ...(enforce && { enforce }),
  };
}

/** The functions read their configuration from where this variable says. */
export function useConfig(file: string | undefined): void {
  if (file) process.env.KEYTURN_CONFIG = resolve(file);
}
