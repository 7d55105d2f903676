import { expect, test } from 'vitest';
import { exhaust } from './exhaust';
import { blows } from './faults';
import { scenarios } from './scenarios';

const only = process.env.S ? scenarios.filter((s) => s.name.includes(process.env.S ?? '')) : scenarios;
const b = process.env.B ? blows.filter((s) => s.name.includes(process.env.B ?? '')) : blows;
for (const s of only)
  for (const blow of b)
    for (const times of [1, 3])
      test(`${s.name}, ${blow.name} x${times}`, async () => {
        expect(await exhaust(s, blow, times, process.env.E ?? 'P1D')).toEqual([]);
      }, 120000);
