import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import {
  type Claim,
  type CurrentEntry,
  deadClaims,
  type EmergencyEntry,
  type HoldEntry,
  type InactiveEntry,
  type NoticeEntry,
  type OldEntry,
  type RefusedEntry,
  type RollbackEntry,
  readRecord,
  type StandbyEntry,
  type ToldEntry,
  write,
} from '../../src/record/rotation';
import { claimTagKey, tagKeys } from '../../src/record/tags';
import { ago, now } from './user';

const alphanumeric = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];

/** As RAM makes them: at most 24 characters. */
const keyId = fc
  .string({ unit: fc.constantFrom(...alphanumeric), minLength: 12, maxLength: 20 })
  .map((text) => `LTAI${text}`);
const twoIds = fc.array(keyId, { maxLength: 2 });
const time = fc
  .integer({ min: 0, max: 4_000_000_000 })
  .map((seconds) => DateTime.fromSeconds(seconds, { zone: 'utc' }));

const current: fc.Arbitrary<CurrentEntry> = fc.record({
  keyId,
  origin: fc.constantFrom('issued', 'adopted'),
  provenAt: time,
});
const old: fc.Arbitrary<OldEntry> = fc.record({
  keyId,
  phase: fc.constantFrom('replaced', 'disabling', 'disabled', 'inactive', 'enabled'),
  at: time,
});
const standby: fc.Arbitrary<StandbyEntry> = fc.record({
  keyId,
  failingSince: time,
  failures: fc.nat({ max: 999_999 }),
  before: twoIds,
});
const refused: fc.Arbitrary<RefusedEntry> = fc.record({
  keys: fc.nat({ max: 999_999 }),
  at: time,
  code: fc.stringMatching(/^[A-Za-z0-9.-]{1,64}$/),
});
const notice: fc.Arbitrary<NoticeEntry> = fc.oneof(
  fc.record({
    versionId: keyId,
    since: time,
    takenBy: fc.array(fc.stringMatching(/^[0-9a-f]{8}$/), { maxLength: 4 }),
  }),
  fc.record({ versionId: keyId, since: time, deliveredAt: time, takenBy: fc.constant([]) }),
);
const told: fc.Arbitrary<ToldEntry> = fc.record({ what: fc.constantFrom('stillused', 'blocked'), at: time });
const emergency: fc.Arbitrary<EmergencyEntry> = fc.record({
  kind: fc.constantFrom('replace', 'contain', 'contained', 'replaced'),
  keyIds: twoIds,
  at: time,
});
const hold: fc.Arbitrary<HoldEntry> = fc.oneof(fc.constant({}), fc.record({ until: time }));
const rollback: fc.Arbitrary<RollbackEntry> = fc.record({ from: keyId, to: keyId, at: time });
const inactive: fc.Arbitrary<InactiveEntry> = fc.record({ at: time });
const claim: fc.Arbitrary<Claim> = fc.record(
  {
    runId: fc.uuid(),
    by: fc.constantFrom('timer' as const, 'emergency' as const),
    expiresAt: time,
    intent: fc.record({ at: time, until: time, before: twoIds }),
  },
  { requiredKeys: ['runId', 'by', 'expiresAt'] },
);

const record = fc.record({
  current,
  old,
  standby,
  refused,
  notice,
  told,
  emergency,
  hold,
  rollback,
  inactive,
  claims: fc.uniqueArray(claim, { maxLength: 3, selector: ({ runId }) => runId }),
});

type Written = typeof record extends fc.Arbitrary<infer T> ? T : never;

const tagsOf = ({ claims, ...entries }: Written): Map<string, string> =>
  new Map([
    [tagKeys.current, write.current(entries.current)],
    [tagKeys.old, write.old(entries.old)],
    [tagKeys.standby, write.standby(entries.standby)],
    [tagKeys.refused, write.refused(entries.refused)],
    [tagKeys.notice, write.notice(entries.notice)],
    [tagKeys.told, write.told(entries.told)],
    [tagKeys.emergency, write.emergency(entries.emergency)],
    [tagKeys.hold, write.hold(entries.hold)],
    [tagKeys.rollback, write.rollback(entries.rollback)],
    [tagKeys.inactive, write.inactive(entries.inactive)],
    ...claims.map((each) => [claimTagKey(each.runId), write.claim(each)] as const),
  ]);

/** Instants as text, since two DateTime of one instant may differ inside. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('what is written is read', () => {
  fc.assert(
    fc.property(record, (entries) => {
      expect(plain(readRecord(tagsOf(entries)))).toEqual(plain({ ...entries, unreadable: [] }));
    }),
  );
});

test('every value is one that a tag can hold', () => {
  fc.assert(
    fc.property(record, (entries) => {
      for (const [name, value] of tagsOf(entries)) {
        expect(name).toMatch(/^[A-Za-z0-9:.-]{1,128}$/);
        expect(value).toMatch(/^[A-Za-z0-9/+.:-]{1,128}$/);
      }
    }),
  );
});

test('whatever stands in a tag, reading does not throw: it is understood exactly, or named', () => {
  const entries = [
    'current',
    'old',
    'standby',
    'refused',
    'notice',
    'told',
    'emergency',
    'hold',
    'rollback',
    'inactive',
    'user',
  ] as const;
  const names = [...entries.map((each) => tagKeys[each]), claimTagKey('run')];
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('/', '+', '-', 'A', '1', 'open', '20261123T030000Z', 'issued') }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...names), text, (name, value) => {
      const read = readRecord(new Map([[name, value]]));
      const { claims, unreadable, ...others } = read;
      const understood = [...claims, ...Object.values(others).filter((entry) => entry !== undefined)];
      if (name === tagKeys.user)
        expect({ understood, unreadable }).toEqual({ understood: [], unreadable: [] });
      else if (understood.length === 1) expect(unreadable).toEqual([]);
      else expect({ understood, unreadable }).toEqual({ understood: [], unreadable: [name] });
    }),
    { numRuns: 500 },
  );
});

test('a value that somebody changed is named, unless it is another that keyturn could have written', () => {
  fc.assert(
    fc.property(
      record,
      fc.nat(),
      fc.nat(),
      fc.constantFrom('', '/', 'x', '-', ' '),
      (entries, which, at, by) => {
        const tags = tagsOf(entries);
        const [name, value] = [...tags][which % tags.size] ?? ['', ''];
        const cut = at % (value.length + 1);
        const changed = value.slice(0, cut) + by + value.slice(cut + 1);
        const read = readRecord(new Map(tags).set(name, changed));
        if (read.unreadable.length > 0) expect(read.unreadable).toEqual([name]);
        else {
          const { unreadable, ...rest } = read;
          expect(tagsOf(rest as Written).get(name)).toBe(changed);
        }
      },
    ),
    { numRuns: 500 },
  );
});

describe('a tag that keyturn did not write so', () => {
  const at = '20261123T030000Z';
  test.each([
    ['no time', tagKeys.current, 'LTAI5t/issued'],
    ['a day that does not exist', tagKeys.current, 'LTAI5t/issued/20260229T030000Z'],
    ['a time with a space before it', tagKeys.inactive, ` ${at}`],
    ['an origin that does not exist', tagKeys.current, `LTAI5t/stolen/${at}`],
    ['something behind the end', tagKeys.current, `LTAI5t/issued/${at}/more`],
    ['no key', tagKeys.current, `/issued/${at}`],
    ['a key with a space', tagKeys.current, `LTAI 5t/issued/${at}`],
    ['a phase that does not exist', tagKeys.old, `LTAI5t/gone/${at}`],
    ['a count that is none', tagKeys.standby, `LTAI5t/${at}/many/-`],
    ['a count with a zero before it', tagKeys.standby, `LTAI5t/${at}/03/-`],
    ['a count beyond all reason', tagKeys.standby, `LTAI5t/${at}/1000000/-`],
    ['no code', tagKeys.refused, `1/${at}`],
    ['no keys before', tagKeys.standby, `LTAI5t/${at}/3`],
    ['an empty key before', tagKeys.standby, `LTAI5t/${at}/3/LTAI5t+`],
    ['channels of a notice that is delivered', tagKeys.notice, `LTAI5t/${at}/${at}/web`],
    ['no channels of a notice that is not', tagKeys.notice, `LTAI5t/${at}/-`],
    ['a reminder of nothing', tagKeys.told, `weather/${at}`],
    ['an emergency of no kind', tagKeys.emergency, `panic/LTAI5t/${at}`],
    ['a hold that is no time', tagKeys.hold, 'forever'],
    ['an intent without its keys', claimTagKey('run'), `timer/${at}/${at}/${at}`],
    ['a claim of nobody', claimTagKey('run'), `person/${at}`],
  ])('%s', (_name, key, value) => {
    expect(readRecord(new Map([[key, value]])).unreadable).toEqual([key]);
  });

  test('does not take the others with it', () => {
    const read = readRecord(
      new Map([
        [tagKeys.current, `LTAI5t/issued/${at}`],
        [tagKeys.old, 'nonsense'],
        ['team', 'payments'],
      ]),
    );
    expect(read.current?.keyId).toBe('LTAI5t');
    expect(read.old).toBeUndefined();
    expect(read.unreadable).toEqual([tagKeys.old]);
  });
});

test('channels that do not fit are asked again: the latest ones stay', () => {
  const takenBy = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(8, 'c'));
  const text = write.notice({ versionId: 'LTAI5tABCDEFGHIJKLMNOPQR', since: now, takenBy });
  const read = readRecord(new Map([[tagKeys.notice, text]]));
  expect(text.length).toBeLessThanOrEqual(128);
  expect(text.length).toBeGreaterThan(128 - '/cccccccc'.length);
  expect(read.notice?.takenBy).toEqual(takenBy.slice(-(read.notice?.takenBy.length ?? 0)));
  expect(read.notice?.takenBy).not.toEqual([]);
});

test('a claim is dead a quarter of an hour after its run has ended for certain', () => {
  const claimed = (runId: string, expired: string, until?: string): Claim => ({
    runId,
    by: 'timer',
    expiresAt: ago(expired),
    ...(until && { intent: { at: ago('PT1H'), until: ago(until), before: [] } }),
  });
  const claims = [
    claimed('idle-over', 'PT15M'),
    claimed('idle-not-over', 'PT14M59S'),
    claimed('issuing-over', 'PT1H', 'PT15M'),
    claimed('issuing-not-over', 'PT1H', 'PT14M59S'),
  ];
  expect(deadClaims({ claims, unreadable: [] }, now)).toEqual(['idle-over', 'issuing-over']);
});
