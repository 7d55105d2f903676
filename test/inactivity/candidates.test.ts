import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mustLookAt } from '../../src/inactivity/candidates';
import { type ReportRow, readCredentialReport } from '../../src/inactivity/credential-report';
import { decide } from '../../src/inactivity/decide/chain';
import type { Observation } from '../../src/inactivity/observation';
import { cutoffsOf } from '../../src/inactivity/time';
import { runs } from '../support/effort';
import { daysAgo, inactivity, never, noLogon, now, profile } from './observations';
import { observations } from './random-observations';

const config = inactivity({ keys: { deleteAfter: 'P30D' }, users: { deleteAfter: 'P30D' } });
const cutoffs = cutoffsOf(config, now);

/** What a credential report of some hours ago says of the user. */
function rowOf({ user, keys, logon }: Observation): ReportRow {
  return {
    principalName: user.principalName,
    logonActive: logon.kind === 'active',
    passwordChangedAt: logon.kind === 'active' ? logon.updatedAt?.minus({ days: 1 }) : undefined,
    keys: keys.map(({ status, createdAt, lastUse = never }) => ({
      active: status === 'Active',
      createdAt,
      lastUse: lastUse.kind === 'at' ? { kind: 'at', at: lastUse.at.minus({ hours: 4 }) } : lastUse,
    })),
  };
}

/** Who has a record is looked at anyway. */
function withoutRecord({ user, ...rest }: Observation): Observation {
  const kept = [...user.tags].filter(([tag]) => !/warned|disabled/.test(tag));
  const { createdAt, lastLogin, managed } = user;
  const logon = rest.logon.kind === 'unread' ? noLogon : rest.logon;
  return { ...rest, logon, user: profile(Object.fromEntries(kept), { createdAt, lastLogin, managed }) };
}

test('who need not be looked at, a close look would leave alone', () => {
  let spared = 0;
  fc.assert(
    fc.property(observations, (any) => {
      const observation = withoutRecord(any);
      if (mustLookAt(observation.user, rowOf(observation), cutoffs, now)) return;
      spared += 1;
      expect(decide(observation, config, now)).toMatchObject({ steps: [], due: 0 });
    }),
    runs(5000),
  );
  expect(spared).toBeGreaterThan(100);
});

test('who is not in the report is looked at unless too young', () => {
  fc.assert(
    fc.property(observations, ({ user }) => {
      const look = mustLookAt(user, undefined, cutoffs, now);
      if (user.createdAt <= cutoffs.users) expect(look).toBe(true);
    }),
  );
});

describe('the credential report', () => {
  const header =
    'user,user_creation_time,user_last_logon,password_exist,password_active,password_last_changed,password_next_rotation,mfa_active,access_key_1_exist,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used,additional_access_key_1_exist,additional_access_key_1_active,additional_access_key_1_last_rotated,additional_access_key_1_last_used';
  const row = (user: string, ...cells: string[]) => [user, '2025-01-01T00:00:00Z', '-', ...cells].join(',');
  const used = '2026-11-01T00:00:00Z';
  const absent = ['FALSE', 'N/A', 'N/A', 'N/A'];
  const read = (...rows: string[]) =>
    readCredentialReport({ generatedAt: now, pages: [[header, ...rows].join('\n')] }, now);

  test('tells logon and keys, of old users more than two, and not the root user', () => {
    const rows = read(
      row('<root>', 'TRUE', 'TRUE', used, '-', 'TRUE', ...absent, ...absent),
      row('a@x', 'TRUE', 'TRUE', used, '-', 'FALSE', 'TRUE', 'TRUE', used, used, 'TRUE', 'FALSE', used, '-'),
      row('b@x', 'FALSE', 'N/A', 'N/A', 'N/A', 'FALSE', ...absent, ...absent),
    );
    expect([...rows.keys()]).toEqual(['a@x', 'b@x']);
    expect(rows.get('a@x')).toMatchObject({
      logonActive: true,
      keys: [
        { active: true, lastUse: { kind: 'at' } },
        { active: false, lastUse: { kind: 'never' } },
      ],
    });
    expect(rows.get('b@x')).toEqual({
      principalName: 'b@x',
      logonActive: false,
      passwordChangedAt: undefined,
      keys: [],
    });
  });

  test('a cell that is no known word may mean active, and a date that is none is not "never"', () => {
    const odd = read(row('a@x', '?', '?', 'soon', '-', '?', '?', '?', 'soon', 'soon', ...absent)).get('a@x');
    expect(odd).toMatchObject({
      logonActive: true,
      keys: [{ active: true, lastUse: { kind: 'unreadable' } }],
    });
    expect(odd?.keys[0]?.createdAt).toBeUndefined();
  });

  test('several pages are one report', () => {
    const page = (user: string) =>
      [header, row(user, 'FALSE', 'N/A', 'N/A', 'N/A', 'FALSE', ...absent, ...absent)].join('\n');
    const rows = readCredentialReport({ generatedAt: daysAgo(0), pages: [page('a@x'), page('b@x')] }, now);
    expect([...rows.keys()]).toEqual(['a@x', 'b@x']);
  });

  test('another table is refused', () => {
    expect(() => readCredentialReport({ generatedAt: now, pages: ['name,age\nx,1'] }, now)).toThrow(
      'no column user',
    );
  });
});
