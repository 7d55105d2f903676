import { ownKms } from '../accounts/open';
import { sideBySide } from '../base/side-by-side';
import type { AccountConfig } from '../config/schema';
import type { PermissionReport } from '../report/check-report';
import type { FunctionName } from '../report/run-report';
import type { Outcome, Run } from '../run/use-case';
import { inPolicy } from '../setup/roles';
import { channelLines } from './channels';
import { guarded } from './guarded';
import { needs } from './needs';
import { probePermissions } from './permissions';
import { type Asker, identified, openPlace } from './place';
import { confirmAbsent, inventTarget } from './probe-target';
import { isDenied, troubleOf } from './trouble';

/**
 * What the function that runs this may do of what it needs, in as many accounts as a run works on, and whether it
 * reaches its channels. Nothing is changed.
 */
export async function checkOwnPermissions(run: Run<unknown>, job: FunctionName): Promise<Outcome> {
  const { accounts, config, clock, lastStartAt } = run;
  const begun = accounts.slice(0, config.fanOut.accountsPerRun);
  const asker = await identified(run);
  const found = new Map<string, PermissionReport[]>();
  const readSecret = (name: string) => ownKms(run).readText(name);
  const [lines] = await Promise.all([
    guarded('channel', () => channelLines(config, { readSecret })),
    sideBySide(begun, config.fanOut.concurrency, async (account) => {
      if (clock.elapsed() < lastStartAt) found.set(account.id, await permissionsIn(asker, account, job));
    }),
  ]);
  const left = accounts.length - found.size;
  return {
    users: [],
    check: { permissions: begun.flatMap(({ id }) => found.get(id) ?? []), lines },
    ...(left > 0 && {
      notes: [`${found.size} of ${accounts.length} accounts were checked: as many as one run works on.`],
    }),
  };
}

async function permissionsIn(
  asker: Asker,
  account: AccountConfig,
  job: FunctionName,
): Promise<PermissionReport[]> {
  try {
    const place = await openPlace(asker, account);
    const probeTarget = inventTarget(place);
    const confirmed = await confirmAbsent(place, probeTarget);
    return await probePermissions(place, needs(job), probeTarget, confirmed);
  } catch (error) {
    return [outside(account, error)];
  }
}

/** The account could not be entered. */
function outside({ id, roleArn = '*' }: AccountConfig, error: unknown): PermissionReport {
  const { text, remedy } = troubleOf(error);
  return {
    account: id,
    action: 'sts:AssumeRole',
    ...(isDenied(error) && error.action === 'AssumeRole'
      ? { result: 'denied' }
      : { result: 'unknown', why: text, remedy }),
    resources: [inPolicy(roleArn)],
  };
}
