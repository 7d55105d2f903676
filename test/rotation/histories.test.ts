import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tagKeys } from '../../src/record/tags';
import type { Decision } from '../../src/rotation/decide/decision';
import { wayOf } from '../../src/rotation/decide/way';
import { runs } from '../support/effort';
import { calm, Model, type Setting, type Weather } from './model';
import { config } from './user';

/** Indices are taken modulo what is there, so that every history makes sense. */
type Event =
  | { readonly what: 'run'; readonly weather: Weather }
  | { readonly what: 'wait'; readonly hours: number }
  | { readonly what: 'use'; readonly key: number }
  | { readonly what: 'enable' | 'disable' | 'delete'; readonly key: number }
  | { readonly what: 'create' }
  | { readonly what: 'move'; readonly version: number }
  | { readonly what: 'dropSecret' }
  | { readonly what: 'untag'; readonly tag: number };

const index = fc.nat({ max: 7 });

const weather: fc.Arbitrary<Weather> = fc.record({
  skewMinutes: fc.integer({ min: -10, max: 10 }),
  killedAfter: fc.oneof(
    { weight: 2, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    { weight: 1, arbitrary: fc.nat({ max: 14 }) },
  ),
  proves: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  delivers: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  readsUse: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
});

const run: fc.Arbitrary<Event> = weather.map((each) => ({ what: 'run', weather: each }));
const wait: fc.Arbitrary<Event> = fc.oneof(
  fc.constantFrom(1, 7, 24, 27, 48, 24 * 7, 24 * 90).map((hours) => ({ what: 'wait' as const, hours })),
  fc.integer({ min: 0, max: 200 }).map((hours) => ({ what: 'wait' as const, hours })),
);
const use: fc.Arbitrary<Event> = index.map((key) => ({ what: 'use', key }));

const meddling: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ what: fc.constantFrom('enable' as const, 'disable' as const, 'delete' as const), key: index }),
  fc.constant<Event>({ what: 'create' }),
  index.map((version): Event => ({ what: 'move', version })),
  fc.constant<Event>({ what: 'dropSecret' }),
  index.map((tag): Event => ({ what: 'untag', tag })),
);

const setting: fc.Arbitrary<Setting> = fc.record({
  tellsUpdateDate: fc.boolean(),
  lagHours: fc.integer({ min: 0, max: 3 }),
});

const historyOf = (...events: fc.Arbitrary<Event>[]) =>
  fc.array(fc.oneof({ weight: 4, arbitrary: run }, { weight: 3, arbitrary: wait }, use, ...events), {
    maxLength: 60,
    size: 'max',
  });

const pick = <T>(all: Iterable<T>, at: number): T | undefined => {
  const list = [...all];
  return list[at % Math.max(list.length, 1)];
};

function happen(model: Model, event: Event): void {
  if (event.what === 'run') return void model.run(event.weather);
  if (event.what === 'wait') {
    model.now = model.now.plus({ hours: event.hours });
    return;
  }
  meddle(model, event);
}

function meddle(model: Model, event: Exclude<Event, { what: 'run' | 'wait' }>): void {
  const { keys, secret } = model;
  const anyIntent = model.record.claims.some(({ intent }) => intent);
  const key = 'key' in event ? pick(keys.values(), event.key) : undefined;
  switch (event.what) {
    case 'use':
      if (key?.status === 'Active') key.uses.push(model.now);
      return;
    case 'enable':
      if (key) model.set(key, 'Active');
      return;
    case 'disable':
      if (key) model.set(key, 'Inactive');
      return;
    case 'delete':
      if (key) keys.delete(key.id);
      return;
    case 'create':
      // A key that a person makes while a stopped run's intent is open cannot be told from that run's.
      if (keys.size < 2 && !anyIntent) model.createKey(false);
      return;
    case 'move': {
      const version = pick(secret?.versions ?? [], event.version);
      // Nor can a person's move of ACSCurrent be told from its promotion.
      if (version && !anyIntent) model.moveCurrent(version);
      return;
    }
    case 'dropSecret':
      model.dropSecret();
      return;
    case 'untag': {
      const tag = pick(Object.values(tagKeys), event.tag);
      if (tag) model.forget(tag);
    }
  }
}

/** A month of undisturbed days. */
function settle(model: Model): Decision[] {
  return Array.from({ length: 30 }, () => {
    model.now = model.now.plus({ hours: 24 });
    return model.run(calm);
  });
}

function begin(start: 'nothing' | 'one key', setting: Setting): Model {
  const model = new Model(setting);
  if (start === 'one key') model.createKey(false);
  return model;
}

const start = fc.constantFrom('nothing' as const, 'one key' as const);

describe('whatever happens', () => {
  test('the rules hold, and a month of peace ends the matter or calls a person', () => {
    fc.assert(
      fc.property(setting, start, historyOf(meddling), (where, from, history) => {
        const model = begin(from, where);
        for (const event of history) happen(model, event);
        const decisions = settle(model);
        const last = decisions.at(-1);
        const ended = decisions.some(({ reason }) => reason === 'Current');
        expect(ended || last?.tell === 'blocked', `${last?.reason}: ${last?.message}`).toBe(true);
      }),
      runs(400),
    );
  });
});

test('a run that nothing disturbs goes the whole way that was foreseen', () => {
  const lengths = new Set<number>();
  fc.assert(
    fc.property(setting, start, historyOf(meddling), (where, from, history) => {
      const model = begin(from, where);
      for (const event of history) happen(model, event);
      const foreseen = wayOf(model.observe(calm), config, model.now);
      model.run(calm);
      const told = (decisions: readonly Decision[]) =>
        decisions.map(({ reason, steps }) => ({ reason, steps }));
      expect(told(foreseen)).toEqual(told(model.decided));
      lengths.add(foreseen.length);
    }),
    runs(400, 200),
  );
  expect(Math.max(...lengths), 'decisions of the longest way').toBeGreaterThan(1);
});

describe('where nobody meddles', () => {
  test('runs that are killed, late or doubled need no person, and leave one proven key', () => {
    fc.assert(
      fc.property(setting, start, historyOf(), (where, from, history) => {
        const model = begin(from, where);
        let done = false;
        for (const event of history) {
          happen(model, event);
          done ||= model.record.notice !== undefined;
          const inUse = model.keys.get(model.secret?.current ?? '');
          if (done) expect(inUse?.status, 'the current key').toBe('Active');
        }
        const decisions = settle(model);
        expect(decisions.filter(({ tell }) => tell === 'blocked')).toEqual([]);
        const atRest = decisions.findIndex(({ reason }) => reason === 'Current');
        expect(atRest, 'days until nothing is due').toBeGreaterThanOrEqual(0);
        for (const key of model.keys.values()) {
          expect(key.byKeyturn && !model.secret?.versions.has(key.id), `${key.id} is lost`).toBe(false);
        }
      }),
      runs(400),
    );
  });
});
