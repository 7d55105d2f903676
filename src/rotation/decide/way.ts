import type { DateTime } from 'luxon';
import type { RotationConfig } from '../../config/schema';
import type { UserRecord } from '../../record/rotation';
import type { Observation } from '../observation';
import { decide } from './chain';
import type { Decision, Remembered, Step } from './decision';

/** More rounds than any history needs: a tag that is read late must not keep a run going. */
export const mostRounds = 8;

/**
 * What one run decides for a user, one after the other, if every step succeeds and nobody else is at work: an
 * adoption and the rotation that is due after it, for example. Pure.
 */
export function wayOf(
  observation: Observation,
  config: RotationConfig,
  now: DateTime,
): readonly [Decision, ...Decision[]] {
  const first = decide(observation, config, now);
  const way: [Decision, ...Decision[]] = [first];
  let seen = observation;
  for (let last = first; last.again && way.length < mostRounds; ) {
    seen = last.steps.reduce((before, step) => after(step, before, now), seen);
    last = decide(seen, config, now);
    way.push(last);
  }
  return way;
}

/** What a look would show after this step; what issues a key is the end of every way. */
function after(step: Step, seen: Observation, now: DateTime): Observation {
  const { record, keys } = seen;
  switch (step.do) {
    case 'remember':
      return { ...seen, record: remembered(record, step.entries) };
    case 'disable':
      return {
        ...seen,
        keys: keys.map((key) => (key.id === step.keyId ? { ...key, status: 'Inactive' } : key)),
      };
    case 'delete':
      return { ...seen, keys: keys.filter((key) => key.id !== step.keyId) };
    case 'confirm':
      return step.keyId ? { ...seen, record: confirmed(record, step.keyId, step.old, now) } : seen;
    case 'notify':
      return { ...seen, record: told(record, now) };
    default:
      return seen;
  }
}

const remembered = (record: UserRecord, entries: Remembered): UserRecord => ({
  ...record,
  ...Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, entry ?? undefined])),
});

const confirmed = (
  record: UserRecord,
  keyId: string,
  old: UserRecord['old'],
  provenAt: DateTime,
): UserRecord => ({
  ...record,
  current: { keyId, origin: 'issued', provenAt },
  old: old ?? record.old,
  notice: { versionId: keyId, since: provenAt, takenBy: [] },
  standby: undefined,
  refused: undefined,
});

function told(record: UserRecord, deliveredAt: DateTime): UserRecord {
  const { current, notice } = record;
  if (!current) return record;
  const since = notice?.versionId === current.keyId ? notice.since : deliveredAt;
  return { ...record, notice: { versionId: current.keyId, since, deliveredAt, takenBy: [] } };
}
