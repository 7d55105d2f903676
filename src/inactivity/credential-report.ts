import { parse } from 'csv-parse/sync';
import type { DateTime } from 'luxon';
import type { LastUse } from '../cloud/access-key';
import type { CredentialReport } from '../cloud/ims';
import { readInstant } from '../cloud/instant';
import { readLastUse } from '../cloud/last-use';

/** One key of a user. The report does not tell its id. */
export interface KeySlot {
  readonly active: boolean;
  /** Creation, or undefined where it cannot be read. */
  readonly createdAt: DateTime | undefined;
  readonly lastUse: LastUse;
}

export interface ReportRow {
  readonly principalName: string;
  /** The user had an active console logon. */
  readonly logonActive: boolean;
  readonly passwordChangedAt: DateTime | undefined;
  readonly keys: readonly KeySlot[];
}

type Cells = Readonly<Record<string, string>>;

const slotColumn = /^((?:additional_)?access_key_\d+)_exist$/;
const rootRow = '<root>';

/**
 * Reads the rows of a credential report by the names of its columns: users of old may have more than two keys
 * (RAM documentation, "Generate and download user credential reports").
 * @throws Error where it is no such table
 */
export function readCredentialReport({ pages }: CredentialReport, now: DateTime): Map<string, ReportRow> {
  const rows = new Map<string, ReportRow>();
  for (const page of pages) {
    const table: Cells[] = parse(page, { columns: true, skip_empty_lines: true });
    for (const cells of table) {
      const principalName = cell(cells, 'user');
      if (principalName !== rootRow) rows.set(principalName, readRow(principalName, cells, now));
    }
  }
  return rows;
}

function readRow(principalName: string, cells: Cells, now: DateTime): ReportRow {
  const slots = Object.keys(cells).flatMap((column) => slotColumn.exec(column)?.[1] ?? []);
  return {
    principalName,
    logonActive: isTrue(cells, 'password_active'),
    passwordChangedAt: readInstant(cell(cells, 'password_last_changed')),
    keys: slots
      .filter((slot) => isTrue(cells, `${slot}_exist`))
      .map((slot) => ({
        active: isTrue(cells, `${slot}_active`),
        createdAt: readInstant(cell(cells, `${slot}_last_rotated`)),
        lastUse: readLastUse(cell(cells, `${slot}_last_used`), undefined, now),
      })),
  };
}

/** Anything but a plain FALSE or N/A may be TRUE: unknown is not unused, and what is looked at is not yet disabled. */
const isTrue = (cells: Cells, column: string): boolean =>
  !['FALSE', 'N/A'].includes(cell(cells, column).toUpperCase());

function cell(cells: Cells, column: string): string {
  const text = cells[column];
  if (text === undefined) throw new Error(`the credential report has no column ${column}`);
  return text.trim();
}
