import type { KnownUser } from './status-file';

/** A RAM user of the simulated account, before the first day. */
export interface Member {
  readonly known: KnownUser;
  /** Whether the configuration's tag or group is to cover it, where its name does not. */
  readonly managed: boolean;
  /** It may sign in to the console; milliseconds since the epoch. */
  readonly logon?: { readonly lastAt: number };
}

/** Whoever was there lately comes again; whoever was not, does not. */
export const LATELY_DAYS = 30;

/** Who is in the account, and what the reader should know about that. */
export interface SimulatedAccount {
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly startsAt: number;
  readonly members: readonly Member[];
  /** How many more users the account has, of whom nothing else is known. */
  readonly others: number;
  /** Milliseconds; what the old keys' `graceEndsAt` was reckoned with. */
  readonly grace: number;
  readonly notes: readonly string[];
}
