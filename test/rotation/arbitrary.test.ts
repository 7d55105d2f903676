import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessKey, LastUse } from '../../src/cloud/access-key';
import type { RotationConfig } from '../../src/config/schema';
import type { Claim, EmergencyEntry, UserRecord } from '../../src/record/rotation';
import { decide, nothingDue } from '../../src/rotation/decide/chain';
import type { Step } from '../../src/rotation/decide/decision';
import { keyRolesOf } from '../../src/rotation/decide/key-roles';
import { decideEmergency, type EmergencyRequest } from '../../src/rotation/emergency/decide';
import type { Observation, SecretState } from '../../src/rotation/observation';
import { decideRollback, type RollbackRequest } from '../../src/rotation/rollback/decide';
import { config, now } from './user';

/** Few names, so that everything meets everything. */
const id = fc.constantFrom('A', 'B', 'C', 'D');
const time = fc.integer({ min: -24 * 100, max: 48 }).map((hours) => now.plus({ hours }));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const keys: fc.Arbitrary<AccessKey[]> = fc.uniqueArray(
  fc.record({
    id,
    status: fc.constantFrom('Active' as const, 'Inactive' as const),
    createdAt: time,
    updatedAt: maybe(time),
  }),
  { selector: (key) => key.id, maxLength: 3 },
);

const secret: fc.Arbitrary<SecretState> = fc.oneof(
  fc.constant<SecretState>({ kind: 'absent' }),
  fc.constant<SecretState>({ kind: 'deleting', at: now }),
  fc.constant<SecretState>({ kind: 'unusable', why: 'it is' }),
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('present' as const),
      currentKeyId: id,
      currentVersionId: fc.oneof(id, fc.constant('v1')),
      standbyVersionId: maybe(id),
      versionIds: fc.array(id),
    }),
  },
);

const claim: fc.Arbitrary<Claim> = fc.record({
  runId: fc.uuid(),
  by: fc.constantFrom('timer' as const, 'emergency' as const),
  expiresAt: time,
  intent: maybe(fc.record({ at: time, until: time, before: fc.array(id, { maxLength: 2 }) })),
});

const emergency: fc.Arbitrary<EmergencyEntry> = fc.record({
  kind: fc.constantFrom('replace', 'contain', 'contained', 'replaced'),
  keyIds: fc.array(id, { maxLength: 2 }),
  at: time,
});

const record: fc.Arbitrary<UserRecord> = fc.record({
  current: maybe(fc.record({ keyId: id, origin: fc.constantFrom('issued', 'adopted'), provenAt: time })),
  old: maybe(
    fc.record({
      keyId: id,
      phase: fc.constantFrom('replaced', 'disabling', 'disabled', 'inactive', 'enabled'),
      at: time,
    }),
  ),
  standby: maybe(
    fc.record({ keyId: id, failingSince: time, failures: fc.nat({ max: 5 }), before: fc.array(id) }),
  ),
  notice: maybe(
    fc.record({ versionId: id, since: time, deliveredAt: maybe(time), takenBy: fc.constant([]) }),
  ),
  refused: maybe(
    fc.record({ keys: fc.nat({ max: 5 }), at: time, code: fc.constant('Forbidden.NoPermission') }),
  ),
  emergency: maybe(emergency),
  hold: fc.option(fc.record({ until: maybe(time) }), { nil: undefined, freq: 10 }),
  rollback: fc.option(fc.record({ from: id, to: id, at: time }), { nil: undefined, freq: 10 }),
  inactive: fc.option(fc.record({ at: time }), { nil: undefined, freq: 10 }),
  claims: fc.array(claim, { maxLength: 2 }),
  unreadable: fc.constantFrom([], [], [], ['keyturn:old']),
}) as fc.Arbitrary<UserRecord>;

const use: fc.Arbitrary<LastUse> = fc.oneof(
  fc.constant<LastUse>({ kind: 'never' }),
  fc.constant<LastUse>({ kind: 'unreadable', why: 'garbled' }),
  fc.record({ kind: fc.constant('at' as const), at: time, service: maybe(fc.constantFrom('Sts', 'Ecs')) }),
);

const observation: fc.Arbitrary<Observation> = fc.record({
  user: fc.constantFrom(false, false, false, true).map((frozen) => ({
    account: '1',
    name: 'svc',
    id: '2',
    principalName: 'svc@1',
    frozen,
  })),
  keys,
  record,
  secret,
  kmsManaged: fc.constantFrom(false, false, false, true),
  lastUse: fc.array(fc.tuple(id, use)).map((uses) => new Map(uses)),
  tagged: fc.nat({ max: 20 }).map((count) => Array.from({ length: count }, (_, index) => `other-${index}`)),
});

const settings: fc.Arbitrary<RotationConfig> = fc
  .record({
    requireAdoption: fc.boolean(),
    stillUsed: fc.constantFrom('wait' as const, 'disable' as const),
  })
  .map((more) => ({ ...config, ...more }));

const request: fc.Arbitrary<EmergencyRequest> = fc.oneof(
  fc.record({ kind: fc.constantFrom('replace' as const, 'contain' as const), keyId: maybe(id) }),
  emergency.map((intent) => ({ kind: 'resume' as const, intent })),
);

const rollbackRequest: fc.Arbitrary<RollbackRequest> = fc.oneof(
  fc.constant({ kind: 'begin' as const }),
  fc.record({ from: id, to: id, at: time }).map((intent) => ({ kind: 'resume' as const, intent })),
);

const of = <K extends Step['do']>(steps: readonly Step[], kind: K): Extract<Step, { do: K }>[] =>
  steps.filter((step): step is Extract<Step, { do: K }> => step.do === kind);

/** What holds of every list of steps, whoever decided it. */
function mustBeSafe({ keys, record }: Observation, steps: readonly Step[]): void {
  const dead = new Set(keys.filter((key) => key.status === 'Inactive').map((key) => key.id));
  for (const step of steps) {
    if (step.do === 'disable') dead.add(step.keyId);
    if (step.do === 'delete') expect(dead, 'deleted while it is Active').toContain(step.keyId);
  }
  const deleted = of(steps, 'delete').length;
  const room = keys.length - deleted < 2;
  if (of(steps, 'create').length > 0) expect(room, 'issued without room').toBe(true);
  for (const { keyId } of of(steps, 'delete')) {
    const foreign = keys.some((key) => key.id === keyId) && isForeign(keyId, record);
    expect(foreign, 'a stranger is deleted').toBe(false);
  }
}

/** Nothing in the record names this key, and no intent came before it. */
function isForeign(keyId: string, { current, old, standby, rollback, claims }: UserRecord): boolean {
  const named = [current?.keyId, old?.keyId, standby?.keyId, rollback?.from].includes(keyId);
  return !named && standby === undefined && claims.every(({ intent }) => !intent);
}

const standbyStageOf = ({ secret }: Observation): string | undefined =>
  secret.kind === 'present' ? secret.standbyVersionId : undefined;

describe('whatever is observed', () => {
  test('a decision is made, and takes nothing away that it must not', () => {
    fc.assert(
      fc.property(observation, settings, (seen, how) => {
        const { reason, message, steps, tell } = decide(seen, how, now);
        expect(message).not.toMatch(/undefined|null|NaN|Invalid/);
        if (tell === 'blocked') expect(steps, reason).toEqual([]);
        const foreignButStaged = of(steps, 'delete').some(({ keyId }) => keyId === standbyStageOf(seen));
        if (!foreignButStaged) mustBeSafe(seen, steps);

        const { current } = keyRolesOf(seen);
        for (const step of [...of(steps, 'disable'), ...of(steps, 'delete')]) {
          const unproven = current?.first === true && current.known === 'unconfirmed';
          if (!unproven) expect(step.keyId, reason).not.toBe(current?.keyId);
        }
        for (const { keyId, because } of of(steps, 'disable')) {
          expect(['old', 'withdrawn']).toContain(because);
          if (because === 'withdrawn') continue;
          const deliveredAt = seen.record.notice?.deliveredAt;
          expect(seen.record.notice?.versionId).toBe(current?.keyId);
          expect(deliveredAt && deliveredAt.plus(how.grace) <= now, 'within grace').toBe(true);
          const used = seen.lastUse.get(keyId);
          const known = used?.kind === 'never' || used?.kind === 'at';
          if (how.stillUsed === 'wait') expect(known, 'use unknown').toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('an emergency is decided, and takes nothing away that it must not', () => {
    fc.assert(
      fc.property(observation, request, (seen, what) => {
        const { message, steps, leaked, failure } = decideEmergency(seen, what, now);
        expect(message).not.toMatch(/undefined|null|NaN|Invalid/);
        if (leaked.length === 0 && what.kind !== 'resume') expect(steps).toEqual([]);
        if (failure) expect(of(steps, 'create')).toEqual([]);
        const foreignButStaged = of(steps, 'delete').some(({ keyId }) => keyId === standbyStageOf(seen));
        if (!foreignButStaged) mustBeSafe(seen, steps);
        for (const { keyId, because } of of(steps, 'disable')) {
          if (because === 'leaked') expect(leaked).toContain(keyId);
        }
        if (what.kind === 'contain')
          expect(steps.every(({ do: doing }) => ['disable', 'verify', 'remember'].includes(doing))).toBe(
            true,
          );
      }),
      { numRuns: 3000 },
    );
  });

  test('a rollback is decided, and brings back nothing that it must not', () => {
    fc.assert(
      fc.property(observation, maybe(id), rollbackRequest, (seen, previousKeyId, what) => {
        const { keys, record, secret } = seen;
        const decision = decideRollback({ ...seen, ...(previousKeyId && { previousKeyId }) }, what, now);
        const { message, steps, failure } = decision;
        expect(message).not.toMatch(/undefined|null|NaN|Invalid/);
        if (what.kind === 'begin' && failure && !record.rollback) expect(steps).toEqual([]);
        const kinds: readonly Step['do'][] = ['remember', 'enable', 'prove', 'promote', 'confirm', 'notify'];
        for (const step of steps) expect(kinds).toContain(step.do);

        for (const { keyId } of of(steps, 'enable')) {
          expect(record.old?.keyId).toBe(keyId);
          expect(['disabled', 'disabling']).toContain(record.old?.phase);
          const { emergency } = record;
          expect(emergency?.kind === 'contained' && emergency.keyIds.includes(keyId), 'leaked').toBe(false);
          expect(['replace', 'contain'], 'an emergency').not.toContain(emergency?.kind);
          expect(record.inactive).toBeUndefined();
          expect(record.unreadable).toEqual([]);
        }
        for (const [at, step] of steps.entries()) {
          if (step.do !== 'promote' && step.do !== 'confirm') continue;
          const proof = steps.findIndex((each) => each.do === 'prove' && each.keyId === step.keyId);
          expect(proof >= 0 && proof < at, 'made current without proof').toBe(true);
          expect(keys.map((key) => key.id)).toContain(step.keyId);
          if (step.do === 'promote') expect(secret).toMatchObject({ currentVersionId: step.from });
        }
        if (of(steps, 'confirm').length > 0) {
          expect(steps[0]).toEqual({ do: 'remember', entries: { rollback: decision.intent } });
          expect(steps.at(-1)).toEqual({ do: 'remember', entries: { rollback: null } });
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('where the keys alone show that nothing is due, the whole look shows it too', () => {
    fc.assert(
      fc.property(observation, settings, (seen, how) => {
        const alone = nothingDue(seen, how, now);
        const { current } = seen.record;
        if (!alone || !current) return;
        const secret = {
          kind: 'present' as const,
          currentKeyId: current.keyId,
          currentVersionId: current.keyId,
          versionIds: [current.keyId],
        };
        expect(decide({ ...seen, secret }, how, now)).toEqual(alone);
      }),
      { numRuns: 3000 },
    );
  });
});
