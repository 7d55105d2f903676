import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cloud } from '../../src/cloud/cloud';
import { listLimits } from '../../src/cloud/pages';
import { ApiServer } from './api-server';
import { cloudAt } from './open';

let server: ApiServer;
let cloud: Cloud;
beforeEach(async () => {
  server = await ApiServer.start();
  cloud = cloudAt(server.host);
});
afterEach(() => server.stop());

const unreadable = expect.objectContaining({ code: 'UnreadableAnswer', outcome: 'unknown' });

/** Answers with these pages, one after the other, and the last of them again and again. */
function answering(page: (number: number) => object): void {
  server.behave = () => ({
    body: { RequestId: 'R-1', Users: { User: [{ UserName: 'alice' }] }, ...page(server.received.length) },
  });
}
const members = () => cloud.ram.listUsersForGroup('ops');
const markers = () => server.received.map(({ query }) => query.get('Marker'));

describe('a list by markers', () => {
  it.each<[string, object]>([
    ['says so', { IsTruncated: false }],
    ['says so in words', { IsTruncated: 'false', Marker: '' }],
    ['says nothing', {}],
    ['says null', { IsTruncated: null, Marker: null }],
  ])('ends where it %s', async (_, last) => {
    answering(() => last);
    await expect(members()).resolves.toEqual(['alice']);
    expect(markers()).toEqual([null]);
  });

  it.each([true, 'true', false, 'false', null, undefined])(
    'goes on while it has a marker, whatever IsTruncated says: %j',
    async (IsTruncated) => {
      answering((number) => (number < 3 ? { IsTruncated, Marker: `m${number}` } : {}));
      await expect(members()).resolves.toHaveLength(3);
      expect(markers()).toEqual([null, 'm1', 'm2']);
    },
  );

  it('that breaks off is not taken for a whole one', async () => {
    answering(() => ({ IsTruncated: true }));
    await expect(members()).rejects.toEqual(unreadable);
    await expect(members()).rejects.toThrow('the list cannot be read to its end, since it goes on');
  });

  it.each([[1], { x: 1 }, 7, 'yes'])(
    'with %j for IsTruncated is not read on a guess',
    async (IsTruncated) => {
      answering(() => ({ IsTruncated }));
      await expect(members()).rejects.toEqual(unreadable);
    },
  );

  it.each([[['m']], [7], [{}], [true]])('with %j for a marker is not cut there', async (Marker) => {
    answering(() => ({ Marker }));
    await expect(members()).rejects.toEqual(unreadable);
  });

  it.each([1, 2, 3, 7])('whose markers come again after %i pages ends', async (period) => {
    answering((number) => ({ IsTruncated: true, Marker: `m${number % period}` }));
    await expect(members()).rejects.toThrow('Marker leads back to a page that was read');
    expect(server.received).toHaveLength(period + 1);
  });
});

describe('a list without end ends', () => {
  const before = { ...listLimits };
  afterEach(() => Object.assign(listLimits, before));

  it('after so many pages', async () => {
    listLimits.pages = 5;
    answering((number) => ({ Marker: `m${number}` }));
    await expect(members()).rejects.toThrow('it has more than 5 pages');
    expect(server.received).toHaveLength(6);
  });

  it('after so many entries', async () => {
    listLimits.entries = 5;
    answering((number) => ({ Marker: `m${number}` }));
    await expect(members()).rejects.toThrow('it has more than 5 entries');
  });

  it('after so many characters', async () => {
    listLimits.characters = 1_000;
    answering((number) => ({ Marker: `m${number}`, Users: { User: [{ UserName: 'a'.repeat(300) }] } }));
    await expect(members()).rejects.toThrow('it is longer than 0.001 million characters');
    expect(server.received).toHaveLength(3);
  });

  it('also where its pages have numbers', async () => {
    listLimits.pages = 5;
    server.behave = () => ({
      body: {
        RequestId: 'R-1',
        TotalCount: 1_000_000,
        VersionIds: { VersionId: [{ VersionId: 'v', CreateTime: '2026-11-23T03:00:00Z' }] },
      },
    });
    await expect(cloud.kms.listVersions('k')).rejects.toThrow('it has more than 5 pages');
  });
});
