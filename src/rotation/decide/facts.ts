import type { DateTime } from 'luxon';
import type { AccessKey } from '../../cloud/access-key';
import type { RotationConfig } from '../../config/schema';
import { deadClaims, type OldEntry } from '../../record/rotation';
import type { Observation } from '../observation';
import type { Decision, Step } from './decision';
import type { KeyRoles } from './key-roles';
import type { Reason } from './reasons';

export interface Facts extends Observation {
  readonly roles: KeyRoles;
  readonly config: RotationConfig;
  readonly now: DateTime;
}

export type Check = (facts: Facts) => Decision | undefined;

export const isContained = ({ record }: Facts, keyId: string): boolean =>
  record.emergency?.kind === 'contained' && record.emergency.keyIds.includes(keyId);

/** An emergency named this key: nobody is told that it could be enabled. */
export const isLeaked = ({ record }: Facts, keyId: string): boolean =>
  record.leaked?.keyIds.includes(keyId) === true;

export const wait = (reason: Reason, message: string, nextCheckAt?: DateTime): Decision => ({
  reason,
  message,
  steps: [],
  ...(nextCheckAt && { nextCheckAt }),
});

/** A wait that leaves time to clear the marks of stopped runs, which nothing needs any more. */
export const waitAndTidy = (facts: Facts, ...about: Parameters<typeof wait>): Decision => ({
  ...wait(...about),
  steps: marksLeft(facts),
});

/** Taking the claim and giving it back clears them. */
export const marksLeft = ({ record, now }: Facts): Step[] =>
  deadClaims(record, now).length > 0 ? [{ do: 'remember', entries: {} }] : [];

export const blocked = (reason: Reason, message: string): Decision => ({
  reason,
  message,
  steps: [],
  tell: 'blocked',
});

export const replacedBy = (key: { id: string; status: string }, now: DateTime): OldEntry => ({
  keyId: key.id,
  phase: key.status === 'Active' ? 'replaced' : 'inactive',
  at: now,
});

/** What to write of the key that a new current key replaces; an old key that is still there keeps its entry. */
export function replacedEntry(facts: Facts, replaced: AccessKey | undefined): OldEntry | undefined {
  const { record, keys, now } = facts;
  if (!replaced || keys.some((key) => key.id === record.old?.keyId)) return undefined;
  const entry = replacedBy(replaced, now);
  return isContained(facts, replaced.id) ? { ...entry, phase: 'disabled' } : entry;
}
