import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/config/error';
import { loadConfig } from '../../src/config/load';

let codeDir: string;

beforeAll(() => {
  codeDir = mkdtempSync(join(tmpdir(), 'keyturn-config-'));
  writeFileSync(join(codeDir, 'keyturn.yaml'), 'rotation: { users: { names: [beside-the-code] } }');
  writeFileSync(join(codeDir, 'other.json'), '{"rotation": {"users": {"names": ["other"]}}}');
  writeFileSync(join(codeDir, 'wrong.yaml'), 'mode: plan\nrotation: { grace: PT1H }\n');
  mkdirSync(join(codeDir, 'folder'));
});

afterAll(() => rmSync(codeDir, { recursive: true }));

const managed = (given?: string) =>
  loadConfig({ env: { KEYTURN_CONFIG: given }, codeDir }).rotation.users.names;

test('the default is keyturn.yaml beside the code', () => {
  expect(managed()).toEqual(['beside-the-code']);
  expect(managed('')).toEqual(['beside-the-code']);
  expect(managed(' \n')).toEqual(['beside-the-code']);
});

test('KEYTURN_CONFIG may be a path: absolute, from the working directory, or from the code', () => {
  expect(managed(join(codeDir, 'other.json'))).toEqual(['other']);
  expect(managed(relative(process.cwd(), join(codeDir, 'other.json')))).toEqual(['other']);
  expect(managed('other.json')).toEqual(['other']);
});

test.each([
  ['JSON', '{"rotation":{"users":{"names":["inline"]}}}'],
  ['YAML in one line', 'rotation: { users: { names: [inline] } }'],
  ['YAML', 'rotation:\n  users:\n    names:\n      - inline\n'],
  ['YAML with a comment before', '# ours\nrotation: { users: { names: [inline] } }'],
])('KEYTURN_CONFIG may be the document itself: %s', (_what, text) => {
  expect(managed(text)).toEqual(['inline']);
});

test.each([
  ['no-such.yaml', 'KEYTURN_CONFIG is neither a document nor the path of a file (got no-such.yaml)'],
  ['folder', 'folder cannot be read: EISDIR'],
  ['wrong.yaml', 'rotation.grace: must be at least PT7H'],
  ['rotation: { grace: PT1H }', 'rotation.grace: must be at least PT7H'],
  ['{"mode": ', 'not valid YAML'],
])('%j is refused', (given, message) => {
  expect(() => managed(given)).toThrow(ConfigurationError);
  expect(() => managed(given)).toThrow(message);
});

test('the deployment is the one of the environment; another one in the document is refused', () => {
  const deployment = (text: string, KEYTURN_DEPLOYMENT?: string) =>
    loadConfig({ env: { KEYTURN_CONFIG: text, KEYTURN_DEPLOYMENT }, codeDir }).deployment;
  expect(deployment('{}')).toBe('keyturn');
  expect(deployment('{}', '')).toBe('keyturn');
  expect(deployment('{}', 'team-a')).toBe('team-a');
  expect(deployment('{ deployment: team-a }')).toBe('team-a');
  expect(deployment('{ deployment: team-a }', 'team-a')).toBe('team-a');
  expect(() => deployment('{ deployment: team-a }', 'keyturn')).toThrow(
    'deployment: is team-a, but KEYTURN_DEPLOYMENT is keyturn',
  );
  expect(() => deployment('{}', 'Team_A')).toThrow('deployment: must be lower-case');
});

test('what may hold a secret is not echoed', () => {
  expect(() => managed('[secret, hunter2]')).toThrow(
    /KEYTURN_CONFIG is neither a document nor the path of a file$/,
  );
});

test('without any configuration the error says where to put one', () => {
  expect(() => loadConfig({ env: {}, codeDir: join(codeDir, 'folder') })).toThrow(
    'keyturn configuration: there is none: put keyturn.yaml beside the code, or set KEYTURN_CONFIG to its path or to the document itself',
  );
});
