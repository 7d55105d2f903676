import type { DateTime } from 'luxon';
import type { InactivityConfig } from '../../config/schema';
import type { Idleness } from '../activity';
import type { Verdict } from '../decision';
import type { Observation, ObservedKey, Profile } from '../observation';

/** Alibaba Cloud's own idle rule, in days; it tells whose doing a disabled key is. */
export interface IdleRule {
  readonly keys?: number;
  readonly logons?: number;
}

export interface UserFacts extends Observation {
  readonly config: InactivityConfig;
  readonly now: DateTime;
  readonly idleRule: IdleRule;
  readonly idle: Idleness;
  readonly activeKeys: readonly ObservedKey[];
}

export interface KeyFacts extends Omit<UserFacts, 'idle'> {
  readonly key: ObservedKey;
  readonly idle: Idleness;
  readonly userIdle: Idleness;
}

export type ProfileCheck = (user: Profile, now: DateTime) => Verdict | undefined;
export type UserCheck = (facts: UserFacts) => Verdict | undefined;
export type KeyCheck = (facts: KeyFacts) => Verdict | undefined;

export const isOff = ({ activeKeys, logon }: UserFacts): boolean =>
  activeKeys.length === 0 && (logon.kind === 'none' || logon.kind === 'inactive');
