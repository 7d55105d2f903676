import type { DateTime } from 'luxon';
import type { Clock } from '../base/clock';
import type { Cloud } from '../cloud/cloud';
import { CloudError } from '../cloud/error';
import type { CredentialReport } from '../cloud/ims';
import type { Logger } from '../report/log';
import { type ReportRow, readCredentialReport } from './credential-report';
import type { Cutoffs } from './time';

/** RAM makes no credential report for more users than this (RAM documentation, "Generate and download user credential reports"). */
const mostUsers = 3500;
const patienceMs = 30_000;
const pauseMs = 2_000;

/**
 * What the credential report tells of all users in a handful of calls; `undefined` where there is none to be had,
 * and every user has to be looked at. In mode plan none is made, but one that somebody had made will do.
 */
export async function survey(
  cloud: Cloud,
  users: number,
  cutoffs: Cutoffs,
  clock: Clock,
  log: Logger,
): Promise<ReadonlyMap<string, ReportRow> | undefined> {
  if (users > mostUsers) return undefined;
  try {
    if (cloud.gate.mode === 'enforce' && !(await isMade(cloud, clock))) return undefined;
    const report = await cloud.ims.getCredentialReport();
    return isRecentEnough(report, cutoffs) ? readCredentialReport(report, clock.now()) : undefined;
  } catch (error) {
    const code = error instanceof CloudError ? error.code : 'Unreadable';
    log.info({ code }, 'no credential report is to be had, so every user is looked at');
    return undefined;
  }
}

async function isMade({ ims }: Cloud, clock: Clock): Promise<boolean> {
  const giveUpAt = clock.elapsed() + patienceMs;
  while ((await ims.generateCredentialReport()) !== 'COMPLETED') {
    if (clock.elapsed() + pauseMs > giveUpAt) return false;
    await clock.sleep(pauseMs);
  }
  return true;
}

/** Whoever came after the report must be too young to be idle. */
function isRecentEnough({ generatedAt }: CredentialReport, { users, keys }: Cutoffs): boolean {
  const latest: DateTime = users > keys ? users : keys;
  return generatedAt > latest;
}
