import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { codeFor } from '../../src/cli/operator/run';
import { unproven } from '../../src/cli/text/emergency-proof';
import type { ActionReport, RunReport, UserReport } from '../../src/report/run-report';

const did = (action: ActionReport['action'], keyId: string, outcome: ActionReport['outcome'] = 'done') => ({
  action,
  keyId,
  outcome,
});

const report = (...users: Partial<UserReport>[]): RunReport => ({
  function: 'rotate-keys',
  requestId: 'r',
  trigger: 'emergency',
  mode: 'enforce',
  status: 'ok',
  startedAt: '2026-11-23T03:00:00Z',
  finishedAt: '2026-11-23T03:00:02Z',
  users: users.map((user) => ({ account: '1', user: 'u', reason: '', message: '', actions: [], ...user })),
  summary: { users: users.length, actions: {}, failed: 0 },
});

const disabled = did('DisableAccessKey', 'LTAIleaked');

describe('proves that the key is dead', () => {
  test.each<[string, Partial<UserReport>, string?]>([
    ['replaced', { reason: 'EmergencyReplaced', actions: [disabled] }],
    ['replaced, the key named', { reason: 'EmergencyReplaced', actions: [disabled] }, 'LTAIleaked'],
    ['contained', { reason: 'EmergencyContained', actions: [disabled] }],
    ['done by an earlier run', { reason: 'AlreadyReplaced' }],
    [
      'replaced, although it was dead before: it is disabled once more',
      { reason: 'EmergencyReplaced', actions: [did('CreateAccessKey', 'LTAInew'), disabled] },
      'LTAIleaked',
    ],
    ['dead before', { reason: 'AlreadyDisabled' }, 'LTAIleaked'],
    [
      'replaced, after a spare key made room',
      {
        reason: 'EmergencyReplaced',
        actions: [did('DisableAccessKey', 'LTAIspare'), did('DeleteAccessKey', 'LTAIspare'), disabled],
      },
    ],
  ])('%s', (_, user, keyId) => {
    expect(unproven(report(user), ['u'], keyId)).toEqual([]);
  });
});

describe('proves nothing', () => {
  test.each<[string, Partial<UserReport>, string?]>([
    ['another run at work', { reason: 'Busy' }],
    ['nothing was disabled', { reason: 'EmergencyReplaced', actions: [did('CreateAccessKey', 'LTAInew')] }],
    ['another key was disabled', { reason: 'EmergencyContained', actions: [disabled] }, 'LTAIother'],
    [
      'the disabling failed',
      { reason: 'EmergencyReplaced', actions: [did('DisableAccessKey', 'LTAIleaked', 'failed')] },
    ],
    [
      'it was only planned',
      { reason: 'EmergencyReplaced', actions: [did('DisableAccessKey', 'LTAIleaked', 'planned')] },
    ],
    [
      'it failed later',
      { reason: 'EmergencyReplaced', actions: [disabled], error: { code: 'E', message: 'e' } },
    ],
    ['refused', { reason: 'Refused' }],
    ['exempt', { reason: 'Exempt' }],
    [
      'only the spare key was disabled',
      {
        reason: 'EmergencyReplaced',
        actions: [did('DisableAccessKey', 'LTAIspare'), did('DeleteAccessKey', 'LTAIspare')],
      },
    ],
  ])('%s', (_, user, keyId) => {
    expect(unproven(report(user), ['u'], keyId)).toEqual(['u']);
  });

  test('a user whom the report does not mention', () => {
    expect(unproven(report({ reason: 'AlreadyReplaced' }), ['u', 'v'])).toEqual(['v']);
  });
});

describe('ends with', () => {
  const event = { users: ['u'], emergency: true };
  const dead = { reason: 'EmergencyReplaced', actions: [disabled] };
  beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue());
  afterEach(() => vi.restoreAllMocks());

  test.each([
    [0, 'an emergency that is proven', report(dead), event],
    [1, 'one that is not', report({ reason: 'Busy' }), event],
    [1, 'one whose run failed all the same', { ...report(dead), status: 'failed' as const }, event],
    [0, 'a plan of one', report({ reason: 'EmergencyReplaced' }), { ...event, dryRun: true }],
    [0, 'an ordinary run', report({ reason: 'Busy' }), {}],
    [1, 'a halted run', { ...report(), status: 'halted' as const }, {}],
  ])('%i: %s', (code, _, told, asked) => {
    expect(codeFor(told, asked)).toBe(code);
  });
});
