import { stringify } from 'csv-stringify/sync';
import type { KeyStatus, LastUseStatus, Status, UserStatus } from '../../status/account-status';
import { visible } from '../markup';

interface Row {
  readonly at: string;
  readonly account: string;
  readonly user?: UserStatus;
  readonly key?: KeyStatus;
  /** Of an account that could not be read. */
  readonly error?: { readonly code: string; readonly message: string };
}

type Cell = string | number | undefined;

/** Columns are added at the end, never renamed or removed. docs/report.md says what each holds. */
const columns: Readonly<Record<string, (row: Row) => Cell>> = {
  at: ({ at }) => at,
  account: ({ account }) => account,
  user: ({ user }) => user?.user,
  state: ({ user, error }) => user?.state ?? (error && 'failed'),
  reason: ({ user, error }) => user?.reason ?? error?.code,
  message: ({ user, error }) => user?.message ?? error?.message,
  next: ({ user }) => user?.next,
  next_at: ({ user }) => user?.nextAt,
  key_id: ({ key }) => key?.keyId,
  role: ({ key }) => key?.role,
  status: ({ key }) => key?.status,
  created_at: ({ key }) => key?.createdAt,
  age_days: ({ key }) => key?.ageDays,
  last_use: ({ key }) => key && lastUse(key.lastUse),
  last_use_service: ({ key }) => (key?.lastUse.kind === 'at' ? key.lastUse.service : undefined),
  current_since: ({ key }) => key?.currentSince,
  replaced_at: ({ key }) => key?.replacedAt,
  grace_ends_at: ({ key }) => key?.graceEndsAt,
  disabled_at: ({ key }) => key?.disabledAt,
  deleted_from: ({ key }) => key?.deletedFrom,
  secret: ({ user }) => user?.secret.name,
  secret_state: ({ user }) => user?.secret.state,
  hold_until: ({ user }) => user?.hold && (user.hold.until ?? 'open'),
  exempt_as: ({ user }) => user?.exemption?.who,
  exempt_reason: ({ user }) => user?.exemption?.reason,
  exempt_until: ({ user }) => user?.exemption?.endsAt,
};

const lastUse = (use: LastUseStatus): string => (use.kind === 'at' ? use.at : use.kind);

/**
 * A row per key of the managed users, one without a key for users who have none, and one for an account that
 * could not be read. RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe.
 */
export function csvOf({ at, accounts }: Status): string {
  const rows = accounts.flatMap(({ account, users, error }): Row[] => [
    ...(error ? [{ at, account, error }] : []),
    ...users.flatMap((user): Row[] =>
      user.keys.length > 0 ? user.keys.map((key) => ({ at, account, user, key })) : [{ at, account, user }],
    ),
  ]);
  const cells = rows.map((row) => Object.values(columns).map((cell) => shown(cell(row))));
  return stringify([Object.keys(columns), ...cells], { escape_formulas: true, record_delimiter: 'windows' });
}

const shown = (cell: Cell): Cell => (typeof cell === 'string' ? visible(cell) : cell);
