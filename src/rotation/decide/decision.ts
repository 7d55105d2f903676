import type { DateTime } from 'luxon';
import type {
  CurrentEntry,
  EmergencyEntry,
  HoldEntry,
  OldEntry,
  RefusedEntry,
  RollbackEntry,
  StandbyEntry,
} from '../../record/rotation';
import type { Reason } from './reasons';

/** One thing to do. Every step but `create` may be repeated without harm. */
export type Step =
  /**
   * Before a key is issued: whether its secret can be written, and what network policy it must have, which is that of
   * the key it replaces.
   */
  | { readonly do: 'prepare'; readonly from?: string }
  | { readonly do: 'create' }
  | { readonly do: 'store' }
  | { readonly do: 'enable'; readonly keyId: string }
  /** `versionId` where the pair's version is not named by its key. */
  | { readonly do: 'prove'; readonly keyId?: string; readonly versionId?: string }
  /** Gives the new (or named) key the network policy of the one that it replaces. */
  | { readonly do: 'copyNetworkPolicy'; readonly keyId?: string; readonly from: string }
  | {
      readonly do: 'promote';
      readonly keyId?: string;
      readonly versionId?: string;
      readonly from: string;
    }
  /** Writes that the new (or named) key is current, and which key it replaced. */
  | {
      readonly do: 'confirm';
      readonly keyId?: string;
      readonly versionId?: string;
      readonly old?: OldEntry;
      /** The key was replaced before, and is current again: the user is put on hold. */
      readonly rolledBack?: true;
    }
  | { readonly do: 'notify' }
  | {
      readonly do: 'disable';
      readonly keyId: string;
      readonly because: 'old' | 'withdrawn' | 'leaked' | 'spare';
    }
  /** RAM says of each of these that it is Inactive or gone. */
  | { readonly do: 'verify'; readonly keyIds: readonly string[] }
  | { readonly do: 'delete'; readonly keyId: string; readonly because: 'old' | 'withdrawn' | 'spare' }
  | { readonly do: 'remember'; readonly entries: Remembered };

export type StepOf<Kind extends Step['do']> = Extract<Step, { do: Kind }>;

/** Entries of the record to write; `null` removes one. */
export interface Remembered {
  readonly current?: CurrentEntry | null;
  readonly old?: OldEntry | null;
  readonly standby?: StandbyEntry | null;
  readonly refused?: RefusedEntry | null;
  readonly emergency?: EmergencyEntry | null;
  readonly rollback?: RollbackEntry | null;
  readonly hold?: HoldEntry | null;
}

export interface Decision {
  readonly reason: Reason;
  /** One sentence for a person. */
  readonly message: string;
  readonly steps: readonly Step[];
  /** After the steps, look and decide again in the same run. */
  readonly again?: boolean;
  /** Begins a rotation: counts toward limits.rotationsPerRun. */
  readonly begins?: 'first' | 'successor';
  readonly nextCheckAt?: DateTime;
  /** A reminder that is due, at most once a day. */
  readonly tell?: 'stillused' | 'blocked';
  /** What a person must do; the run rejects. */
  readonly failure?: { readonly code: string; readonly message: string };
}
