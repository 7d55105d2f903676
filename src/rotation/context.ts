import type { DateTime } from 'luxon';
import type { Clock } from '../base/clock';
import type { Cloud } from '../cloud/cloud';
import type { RotationRequest } from '../config/event';
import type { RotationConfig } from '../config/schema';
import type { Notifier } from '../notify/notifier';
import type { Logger } from '../report/log';
import { type Run, runIdOf } from '../run/use-case';
import type { NewKeyNotices } from './act/new-key-notices';

export type RotationRun = Run<RotationRequest>;

/** What every part of one run on one account works with. */
export interface RotationContext {
  readonly cloud: Cloud;
  readonly config: RotationConfig;
  /** Its wall clock is the service's. */
  readonly clock: Clock;
  readonly notifier: Notifier;
  /** Where the notices of new keys are gathered; without it each goes out at once. */
  readonly newKeyNotices?: NewKeyNotices;
  readonly log: Logger;
  readonly runId: string;
  readonly startedAt: DateTime;
  /** On `clock.elapsed()`: when the platform has ended this run for certain. */
  readonly endsAt: number;
  /** What a person should know about the run as a whole, said once. */
  readonly notes: Set<string>;
  /** From the event, for the record and the notices. */
  readonly reason?: string;
}

/** When the platform has ended this run for certain. */
export const endOf = ({ clock, endsAt }: RotationContext): DateTime =>
  clock.now().plus(endsAt - clock.elapsed());

/** What one run works with on the account that this cloud is. */
export function contextOf(
  { config, notifier, log, context, startedAt, endsAt, request }: RotationRun,
  cloud: Cloud,
): RotationContext {
  return {
    cloud,
    clock: cloud.gate.serviceClock,
    notifier,
    log,
    startedAt,
    endsAt,
    config: { ...config.rotation, ...(request.rotate && { dueBefore: startedAt }) },
    runId: runIdOf(context.requestId),
    notes: cloud.notes,
    ...(request.reason && { reason: request.reason }),
  };
}
