import { EventError } from '../config/error';
import type { AccountConfig } from '../config/schema';
import type { CheckReport, PermissionReport } from '../report/check-report';
import { guarded } from './guarded';
import { idleRuleLines } from './idle-rule';
import { kmsLines } from './kms';
import { failure, type Line } from './line';
import { needs } from './needs';
import { permissionLines } from './permission-lines';
import { probePermissions } from './permissions';
import { type Asker, openPlace, type Place, placesOf } from './place';
import { confirmAbsent, inventTarget } from './probe-target';
import { isMarkedAsLeaked, troubleOf } from './trouble';
import { userLines } from './users';

/** Every account that keyturn works on, or the named one; the trouble of one is its own. @throws EventError */
export async function checkAccounts(asker: Asker, named: string | undefined): Promise<CheckReport> {
  try {
    const accounts = await placesOf(asker, named);
    const each = await Promise.all(accounts.map((account) => checkAccount(asker, account)));
    const lines = each.map((one) => one.lines);
    return {
      lines: lines.length > 1 ? withoutStrangers(lines) : lines.flat(),
      permissions: each.flatMap(({ permissions }) => permissions),
    };
  } catch (error) {
    return unchecked(error);
  }
}

async function checkAccount(asker: Asker, account: AccountConfig): Promise<CheckReport> {
  const found = await openPlace(asker, account).then(checkIn).catch(unchecked);
  return { ...found, lines: found.lines.map((line) => ({ ...line, account: account.id })) };
}

async function checkIn(place: Place): Promise<CheckReport> {
  const probeTarget = inventTarget(place);
  const confirmed = await confirmAbsent(place, probeTarget);
  if (isMarkedAsLeaked(confirmed.trouble)) throw confirmed.trouble;
  const needed = needs();
  let permissions: PermissionReport[] = [];
  const groups = await Promise.all([
    guarded('permissions', async () => {
      permissions = await probePermissions(place, needed, probeTarget, confirmed);
      return permissionLines(place, needed, permissions);
    }),
    guarded('kms', () => kmsLines(place, probeTarget)),
    guarded('idle-rule', () => idleRuleLines(place)),
    guarded('users', () => userLines(place)),
  ]);
  return { lines: groups.flat(), permissions };
}

function unchecked(error: unknown): CheckReport {
  if (error instanceof EventError) throw error;
  const { text, remedy } = troubleOf(error);
  return { lines: [failure('account', text, remedy)], permissions: [] };
}

/** A name need not be known in every account: only what matches nobody in any of them is worth a line. */
function withoutStrangers(accounts: readonly (readonly Line[])[]): Line[] {
  const isNobody = ({ id }: Line) => id === 'matches-nobody';
  const [first = [], ...others] = accounts;
  const nowhere = first.filter(
    (line) => isNobody(line) && others.every((lines) => lines.some(({ text }) => text === line.text)),
  );
  return [
    ...nowhere.map(({ account: _, ...line }) => line),
    ...accounts.flatMap((lines) => lines.filter((line) => !isNobody(line))),
  ];
}
