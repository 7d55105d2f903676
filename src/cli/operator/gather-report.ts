import type { AccountContext } from '../../accounts/open';
import { auditAccounts } from '../../audit/audit-accounts';
import { scrub } from '../../cloud/scrub';
import { disableInactiveFunction } from '../../inactivity/disable-inactive';
import type { LoggedRun, PageModel, Unread } from '../../page/model';
import type { RunReport } from '../../report/run-report';
import { failureOf } from '../../report/user-report';
import { readRosters, survey } from '../../status/survey-accounts';
import { progressBar, whileWaiting } from '../text/progress-bar';
import { reportHere } from './run';

export interface Wanted {
  readonly opening: AccountContext;
  readonly account: string | undefined;
  /** Where the configuration lies, as the command was told. */
  readonly configFile: string | undefined;
  readonly runs: readonly LoggedRun[] | undefined;
}

/** Reads everything that the report tells; it writes nothing. A part that cannot be read is told as unread. */
export async function gatherReport({ opening, account, configFile, runs }: Wanted): Promise<PageModel> {
  const enrolled = await whileWaiting('Reading who is managed', readRosters(opening, account));
  const status = await survey(opening, enrolled, { progress: progressBar('Reading users') });
  const unread: Unread[] = [];
  const missing = (part: Unread['part']) => (error: unknown) => {
    unread.push({ part, error: failureOf(error) });
    return undefined;
  };
  const audit = await auditAccounts(opening, account, progressBar('Auditing')).catch(missing('audit'));
  const inactivity = await planOf(account, configFile).catch(missing('inactivity'));
  return scrubbed({
    version: 1,
    at: status.at,
    status,
    ...(audit && { audit }),
    ...(inactivity && { inactivity }),
    ...(runs && { runs }),
    unread,
  });
}

const planOf = (account: string | undefined, configFile: string | undefined): Promise<RunReport> =>
  reportHere(
    disableInactiveFunction(process.cwd()),
    { dryRun: true, ...(account && { account }) },
    configFile,
  );

/** Whether everything could be read. */
export function isWhole({ status, audit, inactivity, unread }: PageModel): boolean {
  return (
    unread.length === 0 &&
    inactivity?.status !== 'failed' &&
    status.accounts.every(({ error, users }) => !error && users.every(({ state }) => state !== 'failed')) &&
    (audit?.accounts ?? []).every(({ checks }) => checks.every(({ result }) => result !== 'unknown'))
  );
}

/** Logs may come from elsewhere, and so may the texts in tags and in the configuration. */
const scrubbed = (model: PageModel): PageModel =>
  JSON.parse(JSON.stringify(model), (_, value) => (typeof value === 'string' ? scrub(value) : value));
