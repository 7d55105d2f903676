import { expect, test } from 'vitest';
import { failure, ok, warning } from '../../src/check/line';
import { findingsText } from '../../src/cli/text/check';

const lines = [
  ok('clock', 'The clock agrees.'),
  { ...warning('managed', 'Nobody is managed.', 'Name somebody.'), account: '1' },
  { ...failure('group', 'A group\nwith an odd\u001b[31m name.', 'Correct it.'), account: '2' },
];

test('one line each, the remedy below, accounts apart, and what it comes to', () => {
  expect(findingsText({ lines, permissions: [] }, false)).toBe(`ok       The clock agrees.

Account 1
warning  Nobody is managed.
         → Name somebody.

Account 2
failure  A group with an odd [31m name.
         → Correct it.

1 failure, 1 warning. keyturn will not work as configured until the failures are gone.`);
});

test('without a failure the way is free', () => {
  expect(findingsText({ lines: lines.slice(0, 2), permissions: [] }, false)).toMatch(
    /0 failures, 1 warning\. Nothing stands in the way/,
  );
});

test('colours are for terminals', () => {
  expect(findingsText({ lines, permissions: [] }, true)).toContain('\u001b[31mfailure\u001b[39m');
  expect(findingsText({ lines, permissions: [] }, false)).not.toContain('\u001b');
});
