import { DateTime, Duration } from 'luxon';
import type { AccessKey, LastUse } from '../../src/cloud/access-key';
import type { RotationConfig } from '../../src/config/schema';
import type {
  CurrentEntry,
  EmergencyEntry,
  Intent,
  OldEntry,
  StandbyEntry,
  UserRecord,
} from '../../src/record/rotation';
import type { Observation, SecretState } from '../../src/rotation/observation';

export const now = DateTime.utc(2026, 11, 23, 3);

/** `ago('P1D')`: a day before now. */
export const ago = (duration: string): DateTime => now.minus(Duration.fromISO(duration));
export const later = (duration: string): DateTime => now.plus(Duration.fromISO(duration));

export const config: RotationConfig = {
  users: { names: [] },
  maxAge: Duration.fromISO('P90D'),
  grace: Duration.fromISO('P2D'),
  quiet: Duration.fromISO('PT24H'),
  requireAdoption: false,
  stillUsed: 'wait',
  takeover: { when: 'atOnce', requireAdoption: false },
  recovery: Duration.fromISO('P7D'),
  secret: { name: 'keyturn/{userName}' },
};

class KeyBuilder {
  readonly key: AccessKey;

  constructor(key: AccessKey) {
    this.key = key;
  }

  inactive(since?: string): KeyBuilder {
    return new KeyBuilder({ ...this.key, status: 'Inactive', ...(since && { updatedAt: ago(since) }) });
  }

  created(duration: string): KeyBuilder {
    return new KeyBuilder({ ...this.key, createdAt: ago(duration) });
  }

  createdDaysAgo(days: number): KeyBuilder {
    return this.created(`P${days}D`);
  }

  changed(duration: string): KeyBuilder {
    return new KeyBuilder({ ...this.key, updatedAt: ago(duration) });
  }
}

/** An Active key, created ten days ago, whose last change of status nobody tells. */
export const key = (id: string): KeyBuilder =>
  new KeyBuilder({ id, status: 'Active', createdAt: ago('P10D') });

interface SecretParts {
  /** Where it is not the AccessKeyId itself: a person made this version. */
  readonly versionId?: string;
  readonly standby?: string;
  readonly previous?: string;
  /** Further versions that the secret holds. */
  readonly versions?: readonly string[];
}

class UserBuilder {
  readonly observation: Observation;

  constructor(observation: Observation) {
    this.observation = observation;
  }

  #and(more: Partial<Observation>): UserBuilder {
    return new UserBuilder({ ...this.observation, ...more });
  }

  #recorded(more: Partial<UserRecord>): UserBuilder {
    return this.#and({ record: { ...this.observation.record, ...more } });
  }

  #secret(secret: SecretState): UserBuilder {
    return this.#and({ secret });
  }

  with(...keys: readonly KeyBuilder[]): UserBuilder {
    return this.#and({ keys: [...this.observation.keys, ...keys.map((each) => each.key)] });
  }

  withoutKeys(): UserBuilder {
    return this.#and({ keys: [] });
  }

  frozen(): UserBuilder {
    return this.#and({ user: { ...this.observation.user, frozen: true } });
  }

  managedByKms(): UserBuilder {
    return this.#and({ kmsManaged: true });
  }

  secretOf(
    currentKeyId: string,
    { versionId = currentKeyId, standby, previous, versions = [] }: SecretParts = {},
  ) {
    return this.#secret({
      kind: 'present',
      currentKeyId,
      currentVersionId: versionId,
      ...(standby && { standbyVersionId: standby }),
      ...(previous && { previousVersionId: previous }),
      versionIds: [...new Set([versionId, ...(standby ? [standby] : []), ...versions])],
    });
  }

  secretDeleting(): UserBuilder {
    return this.#secret({ kind: 'deleting', at: later('P7D') });
  }

  secretUnusable(): UserBuilder {
    return this.#secret({ kind: 'unusable', why: 'no version of it is ACSCurrent' });
  }

  secretAbsent(): UserBuilder {
    return this.#secret({ kind: 'absent' });
  }

  current(keyId: string, more: Partial<CurrentEntry> = {}): UserBuilder {
    return this.#recorded({ current: { keyId, origin: 'issued', provenAt: ago('P10D'), ...more } });
  }

  noted(versionId: string, delivered: string | undefined): UserBuilder {
    return this.#recorded({
      notice: {
        versionId,
        since: ago(delivered ?? 'PT1H'),
        takenBy: [],
        ...(delivered && { deliveredAt: ago(delivered) }),
      },
    });
  }

  old(keyId: string, phase: OldEntry['phase'], since: string): UserBuilder {
    return this.#recorded({ old: { keyId, phase, at: ago(since) } });
  }

  failing(keyId: string, more: Partial<StandbyEntry> = {}): UserBuilder {
    return this.#recorded({
      standby: { keyId, failingSince: ago('PT1H'), failures: 1, before: [], ...more },
    });
  }

  /** Keys that could not be stored, the last one so long ago. */
  refused(keys: number, since: string): UserBuilder {
    return this.#recorded({ refused: { keys, at: ago(since), code: 'Forbidden.NoPermission' } });
  }

  /** A run of an hour ago that meant to issue a key beside these, and was over half an hour ago. */
  stopped(before: readonly string[], more: Partial<Intent> = {}): UserBuilder {
    const intent = { at: ago('PT1H'), until: ago('PT30M'), before, ...more };
    const claim = { runId: 'run-stopped', by: 'timer' as const, expiresAt: ago('PT59M'), intent };
    return this.#recorded({ claims: [...this.observation.record.claims, claim] });
  }

  /** A run that was stopped before it meant to issue anything. */
  claimed(expired: string): UserBuilder {
    const claim = { runId: 'run-idle', by: 'timer' as const, expiresAt: ago(expired) };
    return this.#recorded({ claims: [...this.observation.record.claims, claim] });
  }

  emergency(kind: EmergencyEntry['kind'], keyIds: readonly string[], since = 'PT1H'): UserBuilder {
    return this.#recorded({ emergency: { kind, keyIds, at: ago(since) } });
  }

  leaked(...keyIds: readonly string[]): UserBuilder {
    return this.#recorded({ leaked: { keyIds } });
  }

  rollback(from: string, to: string, since = 'PT1H'): UserBuilder {
    return this.#recorded({ rollback: { from, to, at: ago(since) } });
  }

  onHold(until?: DateTime): UserBuilder {
    return this.#recorded({ hold: until ? { until } : {} });
  }

  foreignTags(count: number): UserBuilder {
    return this.#and({ tagged: Array.from({ length: count }, (_, index) => `other-${index}`) });
  }

  disabledForInactivity(): UserBuilder {
    return this.#recorded({ inactive: { at: ago('P3D') } });
  }

  told(what: 'blocked' | 'stillused', since: string): UserBuilder {
    return this.#recorded({ told: { what, at: ago(since) } });
  }

  unreadable(...tags: readonly string[]): UserBuilder {
    return this.#recorded({ unreadable: tags });
  }

  used(keyId: string, use: LastUse): UserBuilder {
    return this.#and({ lastUse: new Map([...this.observation.lastUse, [keyId, use]]) });
  }

  usedAgo(keyId: string, duration: string, service?: string): UserBuilder {
    return this.used(keyId, { kind: 'at', at: ago(duration), ...(service && { service }) });
  }
}

export type { KeyBuilder, UserBuilder };

/** A user of whom nothing is known: no key, no secret, no record. */
export const user = (): UserBuilder =>
  new UserBuilder({
    user: { account: '1234567890123456', name: 'svc', id: '2001', principalName: 'svc@1234', frozen: false },
    keys: [],
    record: { claims: [], unreadable: [] },
    secret: { kind: 'absent' },
    kmsManaged: false,
    lastUse: new Map(),
    tagged: [],
  });

/** The first key B of keyturn's own, proven and told of. */
export const settled = (b = key('B')): UserBuilder =>
  user().with(b).secretOf('B').current('B').noted('B', 'P10D');

/** B replaced A ten days ago. */
export const rotated = (a: KeyBuilder, b = key('B')): UserBuilder =>
  user()
    .with(a.createdDaysAgo(100), b)
    .secretOf('B', { versions: ['A'] })
    .current('B')
    .noted('B', 'P10D')
    .old('A', 'replaced', 'P10D');
