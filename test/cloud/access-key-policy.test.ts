import fc from 'fast-check';
import { expect, test } from 'vitest';
import { carriesStatus, parseAccessKeyPolicy } from '../../src/cloud/access-key-policy';

const statement = { Type: 'ClassicWhiteList', IPList: ['10.0.0.0/8'] };
const whitelist = JSON.stringify({ Version: 1, Status: 'Active', Statements: [statement] });

test.each<[what: string, answered: unknown]>([
  ['no field', undefined],
  ['null', null],
  ['an empty text', ''],
  ['an empty object as text', '{}'],
  ['an empty object with white space', ' { } '],
  ['an empty object', {}],
  ['an inactive document without statements', '{"Version":1,"Status":"Inactive","Statements":[]}'],
  ['the same without Version', '{"Status":"Inactive","Statements":[]}'],
  ['an inactive document that has not even the list', '{"Status":"Inactive"}'],
  ['the same as an object', { Status: 'Inactive', Statements: [] }],
])('%s is no policy', (_, answered) => {
  expect(parseAccessKeyPolicy(answered)).toEqual({ kind: 'none' });
});

test.each<[what: string, answered: unknown, text?: string]>([
  ['a list of addresses', whitelist],
  ['one without Version', JSON.stringify({ Status: 'Active', Statements: [statement] })],
  [
    'one that is switched off, and would say something',
    JSON.stringify({ Status: 'Inactive', Statements: [statement] }),
  ],
  ['one that is in force and says nothing', '{"Version":1,"Status":"Active","Statements":[]}'],
  [
    'one of a later version, with more fields',
    '{"Version":2,"Status":"Active","Statements":[{"Type":"New","X":[1]}],"Y":{}}',
  ],
  ['an object in place of its text', JSON.parse(whitelist), whitelist],
])('%s is a policy, and carried over as it is', (_, answered, text = String(answered)) => {
  expect(parseAccessKeyPolicy(answered)).toEqual({ kind: 'policy', text });
  expect(carriesStatus(text)).toBe(true);
});

test.each<[what: string, answered: unknown]>([
  ['no JSON', 'none'],
  ['half of a document', whitelist.slice(0, 40)],
  ['a list', '[]'],
  ['a text in a text', '""'],
  ['the text null', 'null'],
  ['a number', 7],
  ['a flag', false],
  ['a list for the document', [statement]],
  ['a document without Status', JSON.stringify({ Version: 1, Statements: [statement] })],
  ['another Status', JSON.stringify({ Status: 'active', Statements: [statement] })],
  ['statements that are none', JSON.stringify({ Status: 'Active', Statements: 'all' })],
  ['a statement that is a text', JSON.stringify({ Status: 'Active', Statements: ['all'] })],
  ['one in force that has not even the list', '{"Status":"Active"}'],
])('%s cannot be understood', (_, answered) => {
  expect(parseAccessKeyPolicy(answered)).toBeUndefined();
});

test('whatever is answered, what is carried over has a Status', () => {
  const documents = fc.record(
    {
      Version: fc.jsonValue(),
      Status: fc.constantFrom('Active', 'Inactive', 7, null),
      Statements: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything(),
        fc.json(),
        documents,
        documents.map((each) => JSON.stringify(each)),
      ),
      (answered) => {
        const policy = parseAccessKeyPolicy(answered);
        if (policy?.kind === 'policy') expect(carriesStatus(policy.text)).toBe(true);
      },
    ),
  );
});

test.each(['{}', '', '""', 'null', '{"Version":1,"Statements":[]}'])('%j carries no Status', (text) => {
  expect(carriesStatus(text)).toBe(false);
});
