import { DateTime } from 'luxon';
import { type Origin, required } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { CloudError, isThrottling, unreadableAnswer } from './error';
import { type Gate, read, repeatableWrite } from './gate';
import { publicUrl } from './public-url';
import { Rpc } from './rpc';

/** An AccessKey that Security Center saw in public code and that nobody has dealt with. */
export interface LeakFinding {
  readonly id: string;
  /** As Security Center writes it; not always an id that RAM would know. */
  readonly keyId: string;
  readonly owner: 'account' | 'user' | 'unknown';
  /** Without login, query and fragment. */
  readonly url?: string;
  /** When it was found; absent where the date cannot be read. */
  readonly foundAt?: DateTime;
}

/** More of a finding. The code that it quotes holds the secret, so it is left where it is. */
export interface LeakDetail {
  readonly platform?: string;
  readonly repository?: string;
  readonly file?: string;
  readonly url?: string;
  /** What Security Center saw when it tried the pair. */
  readonly keyValid: boolean | 'unknown';
}

export interface LeakList {
  readonly findings: readonly LeakFinding[];
  /** Findings that were not read, since there are more than one run can use. */
  readonly unread: number;
}

/** The largest page that DescribeAccesskeyLeakList gives. */
const pageSize = 100;
const mostPages = 10;

/** What is wrong with the caller's own signature says nothing of the service. */
const ownFaults = /^(InvalidAccessKeyId|InvalidSecurityToken|Signature|IncompleteSignature|InvalidTimeStamp)/;

/** Security Center is not subscribed here, or this role may not read it: it refuses for good. */
export function isAbsent(error: unknown): error is CloudError {
  return (
    error instanceof CloudError &&
    error.outcome === 'refused' &&
    !isThrottling(error) &&
    !ownFaults.test(error.code)
  );
}

/**
 * Security Center, API version 2018-12-03: the detection of leaked AccessKeys (Security Center API reference,
 * DescribeAccesskeyLeakList, DescribeAccessKeyLeakDetail and ModifyAccessKeyLeakDeal).
 */
export class SecurityCenter {
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#rpc = new Rpc(gate, credentials, endpoint, '2018-12-03');
  }

  /** Every finding but those that are marked handled; one whose status cannot be read is not handled. */
  async pendingLeaks(): Promise<LeakList> {
    const from = origin('DescribeAccesskeyLeakList');
    const findings = new Map<string, LeakFinding>();
    for (let page = 1; ; page++) {
      const body = await this.#rpc.call(from, read, {
        Status: 'pending',
        CurrentPage: String(page),
        PageSize: String(pageSize),
      });
      const total = Number(required(from, 'TotalCount', body.TotalCount));
      const listed = total === 0 ? [] : body.AccessKeyLeakList;
      if (!Number.isInteger(total))
        throw unreadableAnswer(from.product, from.action, 'TotalCount is no number');
      if (!Array.isArray(listed)) throw unreadableAnswer(from.product, from.action, 'there is no list in it');
      for (const each of listed) {
        const finding = toFinding(from, each);
        if (finding) findings.set(finding.id, finding);
      }
      const rest = Math.max(0, total - page * pageSize);
      if (rest === 0 || listed.length === 0) return { findings: [...findings.values()], unread: 0 };
      if (page === mostPages) return { findings: [...findings.values()], unread: rest };
    }
  }

  async leakDetail(id: string): Promise<LeakDetail> {
    const body = await this.#rpc.call(origin('DescribeAccessKeyLeakDetail'), read, { Id: id });
    const repository = [text(body.GithubUser), text(body.GithubRepoName)].filter(Boolean).join('/');
    const platform = text(body.Source);
    const file = text(body.GithubFileName);
    const url = publicUrl(body.GithubFileUrl);
    return {
      ...(platform && { platform }),
      ...(repository && { repository }),
      ...(file && { file }),
      ...(url && { url }),
      keyValid: validity[String(body.TokenValid)] ?? 'unknown',
    };
  }

  /**
   * Marks a finding as handled by hand. The answer says only that this was accepted: whether it is so shows in the
   * list.
   */
  async markHandled(id: string, remark: string): Promise<void> {
    await this.#rpc.call(origin('ModifyAccessKeyLeakDeal'), repeatableWrite, {
      Id: id,
      Type: 'manual',
      Remark: remark,
    });
  }
}

const validity: Readonly<Record<string, boolean>> = { 1: true, 2: false };

const owners: Readonly<Record<string, LeakFinding['owner']>> = { master: 'account', ram: 'user' };

function toFinding(from: Origin, wire: Record<string, unknown>): LeakFinding | undefined {
  if (wire.Status === 'dealed') return undefined;
  const url = publicUrl(wire.Url);
  const foundAt = DateTime.fromMillis(typeof wire.GmtModified === 'number' ? wire.GmtModified : Number.NaN, {
    zone: 'utc',
  });
  return {
    id: String(required(from, 'Id', wire.Id)),
    keyId: text(wire.AccesskeyId) ?? '',
    owner: owners[String(wire.UserType)] ?? 'unknown',
    ...(url && { url }),
    ...(foundAt.isValid && { foundAt }),
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 256) : undefined;

function origin(action: string): Origin {
  return { product: 'SecurityCenter', action };
}
