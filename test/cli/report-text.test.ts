import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reportText } from '../../src/cli/text/report';
import { table } from '../../src/cli/text/table';

test('a report has a line per action and a sentence per user', () => {
  const text = reportText({
    function: 'rotate-keys',
    requestId: 'r-1',
    trigger: 'manual',
    mode: 'enforce',
    status: 'failed',
    startedAt: '2026-11-23T03:00:00Z',
    finishedAt: '2026-11-23T03:00:02Z',
    users: [
      {
        account: '1',
        user: 'svc-orders',
        reason: 'InGrace',
        message: 'The old key waits.',
        actions: [
          { action: 'PromoteSecret', keyId: 'LTAI1', outcome: 'done' },
          { action: 'NotifyConsumers', outcome: 'failed' },
        ],
        nextCheckAt: '2026-11-25T03:00:00Z',
      },
      {
        account: '1',
        user: 'a',
        reason: 'Failed',
        message: 'It broke.',
        actions: [],
        error: { code: 'NoPermission', message: 'Ask for it.' },
      },
    ],
    notes: ['A note.'],
    summary: { users: 2, actions: {}, failed: 1 },
  });
  expect(
    text,
  ).toBe(`rotate-keys: failed (mode enforce, 2026-11-23T03:00:00Z to 2026-11-23T03:00:02Z, request r-1)

USER        REASON           ACTION           KEY    OUTCOME  NEXT CHECK
svc-orders  InGrace          PromoteSecret    LTAI1  done     2026-11-25T03:00:00Z
                             NotifyConsumers         failed
a           Failed (failed)  none

svc-orders: The old key waits.
a: It broke. (NoPermission: Ask for it.)
A note.`);
});

test('whatever a cell holds, a table has a line per row and no control characters', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), { minLength: 1 }),
      (rows) => {
        const lines = table(rows).split('\n');
        expect(lines).toHaveLength(rows.length);
        expect(lines.join('')).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      },
    ),
  );
});
