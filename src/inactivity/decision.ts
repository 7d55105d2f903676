import type { DateTime } from 'luxon';
import type { About, Change, DisabledUser } from '../record/inactivity';
import type { Activity } from './activity';

export type Reason =
  // not touched
  | 'UserFrozen'
  | 'KeptElsewhere'
  | 'RunsKeyturn'
  | 'Exempt'
  | 'Busy'
  | 'RecordUnreadable'
  | 'UserNotFound'
  | 'UserVanished'
  // nothing to do
  | 'Active'
  | 'NothingToDisable'
  | 'LastActivityUnknown'
  | 'DisabledByOthers'
  // on the way
  | 'Inactive'
  | 'Warned'
  | 'WarningUndelivered'
  | 'Due'
  | 'Disabled'
  | 'EnabledAgain'
  | 'ActiveSinceDisabled'
  | 'DeletionDue'
  // not in this run
  | 'LimitExceeded'
  | 'ChangedMeanwhile'
  | 'TimeLimitReached'
  // a person must act
  | 'TooManyKeys'
  | 'NoRoomForTags'
  | 'KeyNotOurs'
  // failed
  | 'Failed';

/** One thing to do. Every step may be repeated without harm. */
export type Step =
  | {
      readonly do: 'warn';
      readonly about: About;
      readonly keyIds: readonly string[];
      readonly logon: boolean;
      readonly last: Activity;
      readonly disabledFrom: DateTime;
      /** When the warning was first tried and not delivered. */
      readonly since?: DateTime;
    }
  | {
      readonly do: 'disable';
      readonly about: About;
      readonly keyIds: readonly string[];
      readonly logon: boolean;
      readonly last: Activity;
      /** What keyturn had disabled before and what stays in its record. */
      readonly already: Pick<DisabledUser, 'logon' | 'keyIds'>;
    }
  | { readonly do: 'deleteKey'; readonly keyId: string; readonly last: Activity }
  | { readonly do: 'deleteUser'; readonly keyIds: readonly string[]; readonly last: Activity }
  | { readonly do: 'note'; readonly change: Change };

/** What one check says of the user, or of one of its keys. */
export interface Verdict {
  readonly reason: Reason;
  /** One sentence for a person. */
  readonly message: string;
  readonly steps: readonly Step[];
  readonly nextCheckAt?: DateTime;
  /** What a person must do; the run rejects. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/** Of a user and its keys together. */
export interface Decision extends Verdict {
  /** How many disablings and deletions limits.disablesPerRun has to allow. */
  readonly due: number;
  /** Nothing that a report need list: the user acted, or has nothing that could be disabled. */
  readonly quiet: boolean;
}

export type Destructive = Extract<Step, { do: 'disable' | 'deleteKey' | 'deleteUser' }>;

export const isDestructive = (step: Step): step is Destructive =>
  step.do === 'disable' || step.do === 'deleteKey' || step.do === 'deleteUser';
