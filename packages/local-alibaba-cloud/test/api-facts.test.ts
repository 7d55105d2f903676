import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'keyturn-facts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Schema = Record<string, unknown>;
const text = (required = false): Schema => ({ type: 'string', required });
const query = (name: string, schema: Schema, more: Schema = {}) => ({ name, in: 'query', schema, ...more });
const answer = (properties: Record<string, Schema>) => ({
  200: { schema: { type: 'object', properties: { RequestId: text(), ...properties } } },
});

/** The metadata of STS as the portal publishes them, as far as the facts know them. */
const sts = () => ({
  version: '1.0',
  info: { style: 'RPC', product: 'Sts', version: '2015-04-01' },
  components: { schemas: { Who: { type: 'object', properties: { Arn: text(), AssumedRoleId: text() } } } },
  apis: {
    AssumeRole: {
      parameters: [
        query('DurationSeconds', { type: 'integer', format: 'int64' }),
        ...['ExternalId', 'Policy', 'SourceIdentity'].map((name) => query(name, text())),
        ...['RoleArn', 'RoleSessionName'].map((name) => query(name, text(true))),
      ],
      responses: answer({
        SourceIdentity: text(),
        AssumedRoleUser: { $ref: '#/components/schemas/Who' },
        Credentials: {
          type: 'object',
          properties: Object.fromEntries(
            ['AccessKeyId', 'AccessKeySecret', 'Expiration', 'SecurityToken'].map((name) => [name, text()]),
          ),
        },
      }),
    },
    GetCallerIdentity: {
      responses: answer(
        Object.fromEntries(
          ['AccountId', 'Arn', 'IdentityType', 'PrincipalId', 'RoleId', 'UserId'].map((name) => [
            name,
            text(),
          ]),
        ),
      ),
    },
  } as Record<string, { parameters?: ReturnType<typeof query>[]; responses?: unknown }>,
});

function changes(...documents: unknown[]) {
  const files = documents.map((document, index) => {
    const file = join(folder, `${index}.json`);
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
    return file;
  });
  const script = join(__dirname, '../../../scripts/api-facts.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...files], { encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n'), stderr };
}

test('the same metadata: nothing has changed', () => {
  expect(changes(sts())).toMatchObject({
    status: 0,
    lines: ['sts 2015-04-01: nothing has changed in 2 actions'],
    stderr: '',
  });
});

describe('what has changed is told, each thing in a line', () => {
  type Metadata = ReturnType<typeof sts>;
  const assume = ({ apis }: Metadata) => apis.AssumeRole?.parameters ?? [];
  test.each<[string, (metadata: Metadata) => void]>([
    ['GetCallerIdentity: is gone', ({ apis }) => delete apis.GetCallerIdentity],
    ['AssumeRole: parameter Mfa is new', (metadata) => assume(metadata).push(query('Mfa', text()))],
    ['AssumeRole: parameter DurationSeconds is gone', (metadata) => assume(metadata).shift()],
    [
      'AssumeRole: parameter DurationSeconds was "integer", is "string"',
      (metadata) => assume(metadata).splice(0, 1, query('DurationSeconds', text())),
    ],
    [
      'AssumeRole: parameter Policy was "string", is ["string"]',
      (metadata) =>
        assume(metadata).splice(2, 1, query('Policy', { type: 'array' }, { style: 'repeatList' })),
    ],
    [
      'AssumeRole: parameter ExternalId is required now',
      (metadata) => assume(metadata).splice(1, 1, query('ExternalId', text(true))),
    ],
    [
      'AssumeRole: parameter RoleArn is required no longer',
      (metadata) => assume(metadata).splice(4, 1, query('RoleArn', text())),
    ],
    [
      'GetCallerIdentity: answer Arn is gone',
      ({ apis }) => {
        const parts = ['AccountId', 'IdentityType', 'PrincipalId', 'RoleId', 'UserId'];
        apis.GetCallerIdentity = {
          responses: answer(Object.fromEntries(parts.map((name) => [name, text()]))),
        };
      },
    ],
    [
      'AssumeRole: answer AssumedRoleUser.Tags is new',
      ({ components }) => Object.assign(components.schemas.Who.properties, { Tags: text() }),
    ],
  ])('%s', (line, change) => {
    const metadata = sts();
    change(metadata);
    expect(changes(metadata)).toMatchObject({
      status: 1,
      lines: ['sts 2015-04-01: 1 change in 2 actions', `  ${line}`],
    });
  });
});

test.each([
  ['no JSON', '<html>'],
  ['something else', { apis: {} }],
  ['another product', { info: { version: '2014-05-26' }, apis: {} }],
])('%s is refused, and the other files are read all the same', (_, document) => {
  const { status, lines, stderr } = changes(document, sts());
  expect(status).toBe(2);
  expect(stderr).toContain('0.json: ');
  expect(lines).toHaveLength(1);
});

test('without a file it says how it is called', () => {
  expect(changes()).toMatchObject({ status: 2, stderr: expect.stringContaining('usage') });
});
