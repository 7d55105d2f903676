import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Happening } from '../../demo/cast';
import { demo } from '../../demo/demo';
import { FUNCTION_ROLE } from '../../demo/world';
import { signedCall } from '../../packages/local-alibaba-cloud/index';
import { builtTogether } from '../support/built';
import { outcomeOf } from './outcome';

let dist: string;
beforeAll(async () => {
  dist = await builtTogether('rotate-keys', 'disable-inactive', 'respond-to-leaks', 'demo');
});

async function told(options: { days: number; seed?: number; meddling?: Happening[] }) {
  let text = '';
  const progress: string[] = [];
  const code = await demo({
    seed: 7,
    progress: {
      start: (days) => progress.push(`of ${days}`),
      tick: () => progress.push('day'),
      stop: () => progress.push('end'),
    },
    ...options,
    built: dist,
    write: (part) => {
      text += part;
    },
  });
  return { code, text, progress };
}

/** The one line that tells real time. */
const withoutMeasurement = (text: string) =>
  text.replace(/^ {2}Measured here, and different each time: \d+ ms/gm, '');

const controlCharacters = /[^\P{Cc}\n]/u;

describe('the story', () => {
  test('goes well, and has no control characters', async () => {
    const one = await told({ days: 20 });
    expect(one.text).toContain(
      'Not one call failed outside of the emergency and the leak, and every safety rule was kept',
    );
    expect(one.code).toBe(0);
    expect(one.text).toContain('THE EMERGENCY');
    expect(one.text).toMatch(/current after [1-8] calls one after another/);
    expect(one.text.replaceAll(/\s+/g, ' ')).toMatch(
      /THE LEAK .* 180 seconds later .* is dead, replaced by /,
    );
    expect(one.text).toMatch(/idle users and keys +2 warned, 2 disabled, 1 restored/);
    expect(one.text).toMatch(/dev-ben +·+i{7}o+R·+\n/);
    expect(one.text).not.toMatch(controlCharacters);
  });

  test('is the same for the same seed, and another one for another', async () => {
    const [one, two, other] = await Promise.all([7, 7, 8].map((seed) => told({ days: 1, seed })));
    expect(withoutMeasurement(two?.text ?? '')).toBe(withoutMeasurement(one?.text ?? ''));
    expect(withoutMeasurement(other?.text ?? '')).not.toBe(withoutMeasurement(one?.text ?? ''));
  });

  test('tells how far it is, day by day', async () => {
    const { progress } = await told({ days: 2 });
    expect(progress).toEqual(['of 2', 'day', 'day', 'end']);
  });
});

describe('the built demo', () => {
  test('runs from its folder', async () => {
    const { code, stdout, stderr } = await outcomeOf(join(dist, 'demo', 'index.js'), '--days', '2');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('IN THE END');
    expect(stdout).not.toMatch(controlCharacters);
  });

  test.each([
    ['--days', 'many', "--days must be a whole number from 1 to 10000, not 'many'"],
    ['--days', '0', "--days must be a whole number from 1 to 10000, not '0'"],
    ['--speed', '3', "Unknown option '--speed'"],
  ])('refuses %s %s', async (name, value, message) => {
    const { code, stdout, stderr } = await outcomeOf(join(dist, 'demo', 'index.js'), name, value);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

describe('fails', () => {
  test('where a safety rule is broken', async () => {
    const sabotage: Happening = {
      day: 1,
      user: 'svc-search',
      what: 'the function disables the current key',
      act: async ({ account, cloud, now }) => {
        const [UserAccessKeyId = ''] = account.user('svc-search').keys.keys();
        await signedCall(cloud.endpoint, account.assume(FUNCTION_ROLE), {
          version: '2015-05-01',
          action: 'UpdateAccessKey',
          query: { UserName: 'svc-search', UserAccessKeyId, Status: 'Inactive' },
          now,
        });
      },
    };
    const { code, text } = await told({ days: 2, meddling: [sabotage] });
    expect(text).toContain('THIS WENT WRONG');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('was disabled while it was current');
    expect(code).toBe(1);
  });

  test('where a call of a program fails', async () => {
    const cutOff: Happening = {
      day: 1,
      user: 'svc-reports',
      what: 'somebody disables the only key',
      act: ({ account }) => {
        for (const key of account.user('svc-reports').keys.values()) account.setKeyStatus(key, 'Inactive');
      },
    };
    const { code, text } = await told({ days: 2, meddling: [cutOff] });
    expect(text).toContain('a call of svc-reports failed: InvalidAccessKeyId.Inactive');
    expect(code).toBe(1);
  });
});
