import type { DateTime } from 'luxon';
import type { Clock } from '../base/clock';
import type { Cloud } from '../cloud/cloud';
import type { ImsUser } from '../cloud/ims';
import type { RunRequest } from '../config/event';
import type { InactivityConfig } from '../config/schema';
import type { Notifier } from '../notify/notifier';
import type { Logger } from '../report/log';
import type { Run, UseCase } from '../run/use-case';
import type { IdleRule } from './decide/facts';
import type { Profile } from './observation';

export type InactivityRun = Run<RunRequest>;
export type Outcome = Awaited<ReturnType<UseCase<RunRequest>>>;

/** What every part of one run on one account works with. */
export interface InactivityContext {
  readonly cloud: Cloud;
  readonly config: InactivityConfig;
  readonly clock: Clock;
  readonly notifier: Notifier;
  readonly log: Logger;
  readonly startedAt: DateTime;
  readonly idleRule: IdleRule;
  /** What the configuration says of a user; `known` tells what IMS tells in lists only. */
  profileOf(user: ImsUser, known?: Profile): Profile;
  /** Name of the KMS secret that rotation keeps for this user. */
  secretName(userName: string): string;
}
