import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const localCloud = 'packages/local-alibaba-cloud';
const rooms = [localCloud, ...readdirSync('src').map((name) => `src/${name}`), 'functions'];

let folder: string;
/** Paths of the files that the linter refuses. */
let refused: ReadonlySet<string>;

/** For each pair of rooms two files, of which one room imports from the other. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rooms-'));
  const { vcs: _, ...rules } = JSON.parse(readFileSync('biome.json', 'utf8'));
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(rules));
  for (const from of rooms) {
    mkdirSync(join(folder, codeOf(from), 'deep'), { recursive: true });
    for (const to of rooms) {
      for (const file of filesOf(from, to)) {
        const path = relative(join(file, '..'), doorOf(to));
        const text = `import type { A } from '${path}';\nexport type B = A;\n`;
        if (from !== to) writeFileSync(join(folder, file), text);
      }
    }
  }
  const { stdout } = spawnSync(
    resolve('node_modules/.bin/biome'),
    ['lint', '--only=style/noRestrictedImports', '--max-diagnostics=none', '--reporter=json'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  const { diagnostics } = JSON.parse(stdout);
  refused = new Set(diagnostics.map(({ location }: { location: { path: string } }) => location.path));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesOf(from: string, to: string): string[] {
  const name = `${to.replaceAll('/', '-')}.ts`;
  return [`${codeOf(from)}/${name}`, `${codeOf(from)}/deep/${name}`];
}

const codeOf = (room: string): string => (room === localCloud ? `${room}/src` : room);
const doorOf = (room: string): string => `${room}/${room === localCloud ? 'index' : 'deep/something'}`;

const mayImport = (from: string, to: string): boolean =>
  from !== to && !filesOf(from, to).every((file) => refused.has(file));

test.each(rooms)('the linter refuses a forbidden import in %s', (room) => {
  expect(rooms.filter((other) => other !== room && !mayImport(room, other))).not.toEqual([]);
});

test('what one room may know of another does not depend on how deep a file lies', () => {
  const pairs = rooms.flatMap((from) => rooms.map((to) => filesOf(from, to)));
  expect(pairs.filter(([flat = '', deep = '']) => refused.has(flat) !== refused.has(deep))).toEqual([]);
});

test('no rooms may import each other in a circle', () => {
  let left = rooms;
  for (;;) {
    const free = left.filter((room) => !left.some((other) => mayImport(room, other)));
    if (free.length === 0) break;
    left = left.filter((room) => !free.includes(room));
  }
  expect(left).toEqual([]);
});

test.each([
  ['src/leaks', 'src/rotation'],
  ['src/status', 'src/rotation'],
  ['src/check', 'src/rotation'],
  ['src/simulate', localCloud],
  ['src/cli', localCloud],
  ['functions', 'src/run'],
])('%s may import from %s', (from, to) => expect(mayImport(from, to)).toBe(true));

test.each([
  ['src/rotation', 'src/leaks'],
  ['src/rotation', 'src/inactivity'],
  ['src/inactivity', 'src/rotation'],
  ['src/status', 'src/check'],
  ['src/check', 'src/status'],
  ['src/rotation', localCloud],
  ['src/page', localCloud],
  [localCloud, 'src/base'],
  ['functions', 'src/cloud'],
])('%s may not import from %s', (from, to) => expect(mayImport(from, to)).toBe(false));
