import fc from 'fast-check';
import type { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import type { LastUse } from '../../src/cloud/access-key';
import { decide } from '../../src/inactivity/decide/chain';
import { type Decision, isDestructive } from '../../src/inactivity/decision';
import { allowedBy } from '../../src/inactivity/limit';
import type { Observation } from '../../src/inactivity/observation';
import { changed, fits, readInactivity, tagsOf } from '../../src/record/inactivity';
import { runs } from '../support/effort';
import { daysAgo, inactivity, now } from './observations';
import { observations, tags } from './random-observations';

const config = inactivity({ keys: { deleteAfter: 'P30D' }, users: { deleteAfter: 'P30D' } });

const disabledIn = ({ steps }: Decision) => steps.flatMap((step) => (step.do === 'disable' ? [step] : []));
const acted = (lastUse: LastUse | undefined, since: DateTime): boolean =>
  lastUse?.kind === 'at' && lastUse.at > since;

/** Days since the user was disabled. */
const since = ({ record }: Observation['user']): number =>
  record.user ? now.diff(record.user.at, 'days').days : 0;

describe('decide', () => {
  test('the observations lead to everything that may be decided', () => {
    const kinds = fc
      .sample(observations, 3000)
      .flatMap((each) => decide(each, config, now).steps.map(({ do: it }) => it));
    for (const kind of ['warn', 'disable', 'deleteKey', 'deleteUser', 'note']) {
      expect(kinds.filter((it) => it === kind).length, kind).toBeGreaterThan(10);
    }
  });

  test('never throws, and says something wherever it does something', () => {
    fc.assert(
      fc.property(observations, (observation) => {
        const decision = decide(observation, config, now);
        if (decision.due > 0) expect(decision.message).not.toBe('');
        expect(decision.due).toBe(decision.steps.filter(isDestructive).length);
      }),
      runs(2000),
    );
  });

  test('never disables who used a key or logged on within the threshold, nor what is unknown', () => {
    fc.assert(
      fc.property(observations, (observation) => {
        const { user, keys, logon: logonOf } = observation;
        for (const step of disabledIn(decide(observation, config, now))) {
          const threshold = now.minus(
            step.about === 'user' ? config.users.disableAfter : config.keys.disableAfter,
          );
          const judged = step.about === 'user' ? keys : keys.filter(({ id }) => id === step.about);
          for (const { lastUse } of judged) {
            expect(lastUse?.kind === 'never' || lastUse?.kind === 'at').toBe(true);
            if (!user.managed) expect(acted(lastUse, threshold)).toBe(false);
          }
          if (step.about !== 'user') continue;
          expect(acted(user.lastLogin, threshold)).toBe(false);
          expect(user.lastLogin.kind).not.toBe('unreadable');
          expect(user.createdAt <= threshold).toBe(true);
          expect(logonOf.kind).not.toBe('unread');
        }
      }),
      runs(3000),
    );
  });

  test('never disables what was not warned about, after its last use, at least `warn` ago', () => {
    fc.assert(
      fc.property(observations, (observation) => {
        for (const { about: of, last } of disabledIn(decide(observation, config, now))) {
          const warning = observation.user.record.warned.get(of);
          expect(warning?.delivered).toBe(true);
          expect(warning && warning.at.plus(config.warn) <= now && warning.at >= last.at).toBe(true);
        }
      }),
      runs(3000),
    );
  });

  test('disables only what is Active, and deletes only what is Inactive and by its own record', () => {
    fc.assert(
      fc.property(observations, (observation) => {
        const { keys, user, logon: logonOf } = observation;
        const ours = new Set([...user.record.keys.keys(), ...(user.record.user?.keyIds ?? [])]);
        for (const step of decide(observation, config, now).steps.filter(isDestructive)) {
          if (step.do === 'disable') {
            expect(step.keyIds.every((id) => keys.find((each) => each.id === id)?.status === 'Active')).toBe(
              true,
            );
            if (step.logon) expect(logonOf.kind).toBe('active');
            continue;
          }
          const gone = step.do === 'deleteKey' ? [step.keyId] : keys.map(({ id }) => id);
          for (const id of gone) {
            expect(keys.find((each) => each.id === id)?.status).toBe('Inactive');
            expect(ours.has(id)).toBe(true);
          }
          if (step.do === 'deleteUser') expect(since(user)).toBeGreaterThanOrEqual(30);
        }
      }),
      runs(3000),
    );
  });

  test('later activity never has more disabled', () => {
    fc.assert(
      fc.property(observations, fc.integer({ min: 0, max: 80 }), (observation, ago) => {
        const awake = {
          ...observation,
          user: { ...observation.user, lastLogin: { kind: 'at', at: daysAgo(ago) } as const },
        };
        expect(disabledIn(decide(awake, config, now)).filter((step) => step.about === 'user')).toEqual([]);
      }),
      runs(2000),
    );
  });
});

describe('the record', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(tags, (all) => {
        const record = readInactivity(new Map(Object.entries(all)));
        expect(record.unreadable).toEqual([]);
        const again = Object.entries(tagsOf(record)).filter(
          (tag): tag is [string, string] => tag[1] !== undefined,
        );
        expect(readInactivity(new Map(again))).toEqual(record);
      }),
    );
  });

  test('keeps to the characters and the length of a tag for two keys', () => {
    const [one, two] = ['LTAI5tAAAAAAAAAAAAAAAAAA', 'LTAI5tBBBBBBBBBBBBBBBBBB'];
    const undelivered = { at: now, delivered: false };
    const full = [
      { set: 'warning', about: 'user', warning: undelivered },
      { set: 'warning', about: one, warning: undelivered },
      { set: 'warning', about: two, warning: undelivered },
      { set: 'key', keyId: one, at: now },
      { set: 'key', keyId: two, at: now },
      { set: 'user', user: { at: now, logon: true, keyIds: [one, two] } },
      { set: 'retired', retired: { keyId: one, at: now } },
    ] as const;
    const values = Object.values(tagsOf([...full].reduce(changed, readInactivity(new Map()))));
    for (const value of values) {
      expect(fits(value)).toBe(true);
      expect(value ?? '').toMatch(/^[A-Za-z0-9/+\-.:]*$/);
    }
  });

  test.each([
    'keyturn:warned',
    'keyturn:disabled-keys',
    'keyturn:disabled-user',
    'keyturn:retired-use',
    'keyturn:restored',
  ])('any text in %s is read or named', (tag) => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const record = readInactivity(new Map([[tag, text]]));
        const again = Object.values(tagsOf(record)).filter((value) => value !== undefined);
        expect(record.unreadable.length > 0 || again.length > 0).toBe(true);
      }),
    );
  });
});

describe('the limit', () => {
  test.each([
    [{ kind: 'count', count: 20 }, 3, 20],
    [{ kind: 'percent', percent: 10 }, 200, 20],
    [{ kind: 'percent', percent: 10 }, 209, 20],
    [{ kind: 'percent', percent: 10 }, 9, 0],
    [{ kind: 'percent', percent: 29 }, 100, 29],
    [{ kind: 'percent', percent: 0.7 }, 1000, 7],
    [{ kind: 'percent', percent: 100 }, 7, 7],
  ] as const)('%j of %i users allows %i', (limit, users, allowed) => {
    expect(allowedBy(limit, users)).toBe(allowed);
  });

  test('whole percents of whole users are exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 20_000 }), (percent, users) => {
        expect(allowedBy({ kind: 'percent', percent }, users)).toBe(
          Number((BigInt(users) * BigInt(percent)) / 100n),
        );
      }),
    );
  });
});
