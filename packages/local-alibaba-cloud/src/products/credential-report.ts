import { refusal } from '../errors';
import type { Action, Call } from '../product';
import type { AccessKey, User } from '../state';
import { HOUR, wireTime } from '../time';
import { read, visibleUse } from './identity';

const USERS_AT_MOST = 3500;
const ROWS_AT_MOST = 3501;
const RENEWAL = 4 * HOUR;
const KEY_SLOTS = [
  'access_key_1',
  'access_key_2',
  'additional_access_key_1',
  'additional_access_key_2',
  'additional_access_key_3',
];

/** Columns of the report (RAM documentation, "Generate and download user credential reports"). */
export const REPORT_HEADER = [
  'user',
  'user_creation_time',
  'user_last_logon',
  'password_exist',
  'password_active',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  ...KEY_SLOTS.flatMap((slot) =>
    ['exist', 'active', 'last_rotated', 'last_used'].map((field) => `${slot}_${field}`),
  ),
].join(',');

const bool = (value: boolean) => (value ? 'TRUE' : 'FALSE');

function keyCells(call: Call, keys: AccessKey[]): string[] {
  return KEY_SLOTS.flatMap((_, index) => {
    const key = keys[index];
    if (!key) return ['FALSE', 'N/A', 'N/A', 'N/A'];
    const use = visibleUse(call, key);
    return ['TRUE', bool(key.status === 'Active'), wireTime(key.createdAt), use ? wireTime(use.at) : '-'];
  });
}

function userRow(call: Call, user: User): string {
  const { login } = user;
  return [
    user.principalName,
    wireTime(user.createdAt),
    user.lastLogin === undefined ? '-' : wireTime(user.lastLogin),
    bool(login !== undefined),
    login ? bool(login.status === 'Active') : 'N/A',
    login ? wireTime(login.createdAt) : 'N/A',
    login ? '-' : 'N/A',
    bool(user.mfa !== undefined),
    ...keyCells(call, [...user.keys.values()]),
  ].join(',');
}

function rootRow(call: Call): string {
  const created = wireTime(call.now - 1000 * HOUR);
  return ['<root>', created, '-', 'TRUE', 'TRUE', created, '-', 'TRUE', ...keyCells(call, [])].join(',');
}

/** The credential report: made at most every four hours, for no more than 3,500 users. */
export const credentialReport: Record<string, Action> = {
  GenerateCredentialReport: read((call) => {
    const { account, now } = call;
    const { report } = account;
    if (account.users.size > USERS_AT_MOST) throw refusal('CredentialReport.TooManyUsers');
    if (report && now - report.startedAt < RENEWAL) {
      const ready = now >= report.startedAt + call.cloud.switches.reportGenerationMs;
      return { State: ready ? 'COMPLETED' : 'INPROGRESS' };
    }
    const users = [...account.users.values()];
    account.report = {
      startedAt: now,
      rows: [rootRow(call), ...users.map((user) => userRow(call, user))],
    };
    return { State: 'STARTED' };
  }),
  GetCredentialReport: read((call) => {
    const { report } = call.account;
    if (!report || call.now < report.startedAt + call.cloud.switches.reportGenerationMs) {
      throw refusal('EntityNotExist.CredentialReport');
    }
    const size = call.params.integer('MaxItems', { min: 1, max: ROWS_AT_MOST, default: ROWS_AT_MOST });
    const start = Number(call.params.get('NextToken') ?? 0);
    const rows = report.rows.slice(start, start + size);
    const truncated = start + size < report.rows.length;
    return {
      Content: Buffer.from([REPORT_HEADER, ...rows].join('\n')).toString('base64'),
      GeneratedTime: wireTime(report.startedAt),
      IsTruncated: `${truncated}`,
      ...(truncated ? { NextToken: `${start + size}` } : {}),
    };
  }),
};
