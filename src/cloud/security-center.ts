import { DateTime } from 'luxon';
import * as z from 'zod';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { type Gate, read, repeatableWrite } from './gate';
import { publicUrl } from './public-url';
import { Rpc } from './rpc';
import { count, done, shaped, unchecked } from './shape';

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

/** Nothing is decided by these: what is no text is left out. */
const note = unchecked.transform((value) =>
  typeof value === 'string' && value !== '' ? value.slice(0, 256) : undefined,
);

const findingShape = z
  .object({
    Id: z.union([z.int().transform(String), z.string().min(1)]),
    AccesskeyId: note,
    Status: unchecked,
    UserType: unchecked,
    Url: unchecked,
    GmtModified: unchecked,
  })
  .transform((wire) => ({ handled: wire.Status === 'dealed', finding: toFinding(wire) }));

const totalAnswer = z.object({ TotalCount: count });
const findingsAnswer = z.object({ AccessKeyLeakList: z.array(findingShape) });

const detailAnswer = z.object({
  GithubUser: note,
  GithubRepoName: note,
  Source: note,
  GithubFileName: note,
  GithubFileUrl: unchecked,
  TokenValid: unchecked,
});

/**
 * Security Center: the detection of leaked AccessKeys (Security Center API reference, DescribeAccesskeyLeakList,
 * DescribeAccessKeyLeakDetail and ModifyAccessKeyLeakDeal).
 */
export class SecurityCenter {
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    const api = { product: 'SecurityCenter', version: '2018-12-03' };
    this.#rpc = new Rpc(gate, credentials, endpoint, api);
  }

  /** Every finding but those that are marked handled; one whose status cannot be read is not handled. */
  async pendingLeaks(): Promise<LeakList> {
    const action = 'DescribeAccesskeyLeakList';
    const findings = new Map<string, LeakFinding>();
    for (let page = 1; ; page++) {
      const params = { Status: 'pending', CurrentPage: page, PageSize: pageSize };
      const { body } = await this.#rpc.ask(action, read, params);
      const from = this.#rpc.from(action);
      const { TotalCount: total } = shaped(from, body, totalAnswer);
      const listed = total === 0 ? [] : shaped(from, body, findingsAnswer).AccessKeyLeakList;
      for (const { handled, finding } of listed) if (!handled) findings.set(finding.id, finding);
      const rest = Math.max(0, total - page * pageSize);
      if (rest === 0 || listed.length === 0) return { findings: [...findings.values()], unread: 0 };
      if (page === mostPages) return { findings: [...findings.values()], unread: rest };
    }
  }

  async leakDetail(Id: string): Promise<LeakDetail> {
    const detail = await this.#rpc.call('DescribeAccessKeyLeakDetail', read, { Id }, detailAnswer);
    const { GithubUser, GithubRepoName, Source: platform, GithubFileName: file } = detail;
    const repository = [GithubUser, GithubRepoName].filter(Boolean).join('/');
    const url = publicUrl(detail.GithubFileUrl);
    return {
      ...(platform && { platform }),
      ...(repository && { repository }),
      ...(file && { file }),
      ...(url && { url }),
      keyValid: validity.get(detail.TokenValid) ?? 'unknown',
    };
  }

  /**
   * Marks a finding as handled by hand. The answer says only that this was accepted: whether it is so shows in the
   * list.
   */
  async markHandled(Id: string, Remark: string): Promise<void> {
    await this.#rpc.call('ModifyAccessKeyLeakDeal', repeatableWrite, { Id, Type: 'manual', Remark }, done);
  }
}

const validity = new Map<unknown, boolean>([
  [1, true],
  ['1', true],
  [2, false],
  ['2', false],
]);

const owners = new Map<unknown, LeakFinding['owner']>([
  ['master', 'account'],
  ['ram', 'user'],
]);

function toFinding(wire: {
  Id: string;
  AccesskeyId: string | undefined;
  UserType?: unknown;
  Url?: unknown;
  GmtModified?: unknown;
}): LeakFinding {
  const url = publicUrl(wire.Url);
  const foundAt = DateTime.fromMillis(typeof wire.GmtModified === 'number' ? wire.GmtModified : Number.NaN, {
    zone: 'utc',
  });
  return {
    id: wire.Id,
    keyId: wire.AccesskeyId ?? '',
    owner: owners.get(wire.UserType) ?? 'unknown',
    ...(url && { url }),
    ...(foundAt.isValid && { foundAt }),
  };
}
