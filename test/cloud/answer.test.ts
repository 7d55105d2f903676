import { describe, expect, it } from 'vitest';
import { required, toldInstant, toldOneOf, walk } from '../../src/cloud/answer';

const from = { product: 'RAM', action: 'ListUsersForGroup' };
const unreadable = expect.objectContaining({ code: 'UnreadableAnswer', outcome: 'unknown' });

describe('what must be required', () => {
  it('is handed on', () => {
    expect(required(from, 'UserName', 'alice')).toBe('alice');
    expect(required(from, 'Count', 0)).toBe(0);
    expect(required(from, 'Flag', false)).toBe(false);
    expect(toldInstant(from, 'CreateDate', '2026-11-23T03:00:00Z').toISO()).toBe('2026-11-23T03:00:00.000Z');
    expect(toldOneOf(from, 'Status', 'Active', ['Active', 'Inactive'])).toBe('Active');
  });

  it.each([undefined, null, ''])('is not %j', (value) => {
    expect(() => required(from, 'UserName', value)).toThrow(unreadable);
    expect(() => toldInstant(from, 'CreateDate', value)).toThrow(unreadable);
    expect(() => toldOneOf(from, 'Status', value, ['Active'])).toThrow(unreadable);
  });

  it('is what was expected', () => {
    expect(() => toldInstant(from, 'CreateDate', 'yesterday')).toThrow('CreateDate is not a date');
    expect(() => toldOneOf(from, 'Status', 'Frozen', ['Active', 'Inactive'])).toThrow(
      'RAM ListUsersForGroup gave an answer that keyturn cannot read: Status is none of Active, Inactive.',
    );
  });
});

describe('walk', () => {
  interface Page {
    isTruncated?: boolean;
    marker?: string;
  }
  const over = async (...pages: Page[]) => {
    const markers: (string | undefined)[] = [];
    for await (const _ of walk(from, async (marker) => {
      markers.push(marker);
      return pages[markers.length - 1] ?? pages.at(-1) ?? {};
    })) {
      if (markers.length > 10) throw new Error('walks for ever');
    }
    return markers;
  };

  it('follows the markers to the last page', async () => {
    await expect(over({})).resolves.toEqual([undefined]);
    await expect(over({ isTruncated: false, marker: 'x' })).resolves.toEqual([undefined]);
    await expect(
      over({ isTruncated: true, marker: 'a' }, { isTruncated: true, marker: 'b' }, { isTruncated: false }),
    ).resolves.toEqual([undefined, 'a', 'b']);
  });

  it('does not take a list that breaks off for a whole one', async () => {
    await expect(over({ isTruncated: true })).rejects.toEqual(unreadable);
    await expect(over({ isTruncated: true, marker: 'a' })).rejects.toEqual(unreadable);
  });
});
