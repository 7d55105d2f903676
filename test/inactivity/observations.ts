import { DateTime } from 'luxon';
import type { LastUse } from '../../src/cloud/access-key';
import type { InactivityConfig } from '../../src/config/schema';
import { configSchema } from '../../src/config/schema';
import type { Logon, Observation, ObservedKey, Profile } from '../../src/inactivity/observation';
import { readInactivity } from '../../src/record/inactivity';
import { readRecord } from '../../src/record/rotation';

export const now = DateTime.fromISO('2026-11-23T03:00:00Z', { zone: 'utc' });
export const daysAgo = (days: number): DateTime => now.minus({ hours: days * 24 });
export const used = (days: number, service?: string): LastUse => ({
  kind: 'at',
  at: daysAgo(days),
  ...(service && { service }),
});
export const never: LastUse = { kind: 'never' };
export const unreadable: LastUse = { kind: 'unreadable', why: '"?" is not a date' };
export const stampOf = (days: number): string => daysAgo(days).toFormat("yyyyLLdd'T'HHmmss'Z'");

export function inactivity(settings: Record<string, unknown> = {}): InactivityConfig {
  return configSchema.parse({ inactivity: settings }).inactivity;
}

export function profile(tags: Record<string, string> = {}, more: Partial<Profile> = {}): Profile {
  const all = new Map(Object.entries(tags));
  return {
    account: '1234567890123456',
    name: 'svc',
    id: '1',
    principalName: 'svc@1234567890123456.onaliyun.com',
    frozen: false,
    createdAt: daysAgo(400),
    lastLogin: never,
    runsKeyturn: false,
    managed: false,
    tags: all,
    rotation: readRecord(all),
    record: readInactivity(all),
    ...more,
  };
}

export const key = (id: string, more: Partial<ObservedKey> = {}): ObservedKey => ({
  id,
  status: 'Active',
  createdAt: daysAgo(400),
  updatedAt: more.createdAt ?? daysAgo(400),
  lastUse: never,
  ...more,
});

export const off = (id: string, changed: number, more: Partial<ObservedKey> = {}): ObservedKey =>
  key(id, { status: 'Inactive', updatedAt: daysAgo(changed), ...more });

export const logon = (kind: 'active' | 'inactive', changed = 400): Logon => ({
  kind,
  updatedAt: daysAgo(changed),
  passwordResetRequired: false,
  mfaBindRequired: false,
});

export const noLogon: Logon = { kind: 'none' };

export const seen = (
  user: Profile,
  keys: readonly ObservedKey[] = [],
  logonOf: Logon = noLogon,
): Observation => ({ user, keys, logon: logonOf });
