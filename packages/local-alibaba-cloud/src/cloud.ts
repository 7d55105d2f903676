import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Account } from './account/account';
import { errorAnswer, jsonAnswer, type Reply, spoilt } from './answer';
import { authenticate, type Claim, claimOf, Nonces } from './authentication';
import { denial, verdictOn } from './authorization';
import { CallLog, type CallRecord } from './calls';
import { ResourceDirectory } from './directory';
import { CloudError, refusal } from './errors';
import { checkParameters } from './facts';
import { Faults } from './faults';
import { Identifiers } from './identifiers';
import { checkLeaked } from './leaked-keys';
import { Params } from './params';
import { checksOf } from './permissions';
import type { StatementUse } from './policy';
import type { Action, Call, Check, Principal, Product } from './product';
import { productOf } from './products/index';
import { Rates } from './rates';
import type { Request } from './request';
import { serve } from './server';
import { V3 } from './signature-v3';
import type { CloudState, KeyEntry, Session } from './state';
import { DEFAULT_SWITCHES, type Switches } from './switches';
import { CloudClock } from './time';

const DEFAULT_ACCOUNT = '1234567890123456';

export interface LocalCloudOptions {
  /** Default: any free one. */
  port?: number;
  /** Milliseconds since the epoch; default `Date.now`. */
  now?: () => number;
  switches?: Partial<Switches>;
  /** Real time that each call takes. */
  latencyMs?: number;
  /** Keep the documented rates, in real time. */
  quotas?: boolean;
  /** The same seed and the same owners give the same ids and secrets. */
  seed?: number;
  /** Region of KMS. */
  region?: string;
  /** How many calls are kept in {@link LocalCloud.calls}; default: all. */
  recordCalls?: boolean | number;
}

/** A request as far as it can be read without verifying it. */
interface Incoming {
  request: Request;
  version: string;
  actionName: string;
  product: Product;
  claim: Claim | undefined;
  params: Record<string, string>;
}

/** What became of a call on its way. */
interface Course {
  principal?: Principal;
  action?: Action;
  checked: string[];
  allowed: boolean;
  executed: boolean;
}

/**
 * Alibaba Cloud on 127.0.0.1: RAM, IMS, KMS secrets and STS on one port, told apart by their API versions. It
 * verifies signatures, enforces policies and keeps quotas as the real one, and beyond that turns its clock, fails
 * on demand and remembers everything that was asked of it.
 */
export class LocalCloud implements CloudState {
  readonly region: string;
  readonly clock: CloudClock;
  readonly switches: Switches;
  readonly faults = new Faults();
  readonly identifiers: Identifiers;
  readonly keys = new Map<string, KeyEntry>();
  readonly sessions = new Map<string, Session>();
  /** What was asked of the policies, as `action resource`, by role ARN. */
  readonly permissions = new Map<string, Set<string>>();
  latencyMs: number;
  /** There is none until {@link LocalCloud.openDirectory}. */
  directory: ResourceDirectory | undefined;

  readonly #accounts = new Map<string, Account>();
  readonly #issued = new Set<string>();
  readonly #log: CallLog;
  readonly #listeners = new Set<(call: CallRecord) => void>();
  readonly #nonces = new Nonces();
  readonly #rates: Rates | undefined;
  #server: Server | undefined;
  #port = 0;
  #seq = 0;

  static async start(options: LocalCloudOptions = {}): Promise<LocalCloud> {
    const cloud = new LocalCloud(options);
    cloud.#server = await serve((request) => cloud.handle(request), options.port ?? 0);
    cloud.#port = (cloud.#server.address() as AddressInfo).port;
    return cloud;
  }

  private constructor(options: LocalCloudOptions) {
    this.region = options.region ?? 'cn-hangzhou';
    this.clock = new CloudClock(options.now ?? (() => Date.now()));
    this.switches = { ...DEFAULT_SWITCHES, ...options.switches };
    this.identifiers = new Identifiers(options.seed);
    this.latencyMs = options.latencyMs ?? 0;
    this.#log = new CallLog(options.recordCalls ?? true);
    this.#rates = options.quotas ? new Rates(this.switches) : undefined;
    this.account();
  }

  /** `127.0.0.1:8899` */
  get endpoint(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `http://${this.endpoint}`;
  }

  get port(): number {
    return this.#port;
  }

  get calls(): readonly CallRecord[] {
    return this.#log.records;
  }

  /** The account of that id, made if there is none yet. */
  account(id = DEFAULT_ACCOUNT): Account {
    let account = this.#accounts.get(id);
    if (!account) {
      account = new Account(id, this);
      this.#accounts.set(id, account);
    }
    return account;
  }

  /** Makes an account the management account of a Resource Directory, and tells the directory. */
  openDirectory(managementAccount = DEFAULT_ACCOUNT): ResourceDirectory {
    this.account(managementAccount);
    this.directory ??= new ResourceDirectory(managementAccount);
    return this.directory;
  }

  /** The account of that id, if there is one. */
  existingAccount(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  get accounts(): Account[] {
    return [...this.#accounts.values()];
  }

  /** Notes a secret or token for {@link LocalCloud.issuedSecrets}. */
  issued(secret: string): void {
    this.#issued.add(secret);
  }

  /** Every AccessKeySecret and SecurityToken ever issued, and every signature seen (where calls are recorded). */
  issuedSecrets(): string[] {
    return [...this.#issued];
  }

  /** Calls back right after each call that was carried out, before its answer leaves. */
  onCall(listener: (call: CallRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Which patterns of a role's policies were of use so far. */
  grantsUsed(roleArn: string): StatementUse[] {
    const [, account, name] = /^acs:ram::(\d+):role\/(.+)$/.exec(roleArn) ?? [];
    if (!account || !name) throw new TypeError(`${roleArn} is no role ARN`);
    return this.account(account).grantsUsed(name);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Answers one request. */
  async handle(request: Request): Promise<Reply> {
    const startedAt = performance.now();
    const seq = this.#seq++;
    const params = { ...request.query, ...request.form };
    const version = request.headers['x-acs-version'] || params.Version || '';
    const actionName = request.headers['x-acs-action'] || params.Action || '';
    const product = productOf(version);
    const claim = claimOf(request);
    if (claim && this.#log.on) this.#issued.add(claim.signature);

    const account = claim ? this.#ownerOf(claim.accessKeyId) : undefined;
    const target = { seq, product: product.name, action: actionName, params, account };
    const fault = this.faults.take(target);
    const wait = this.latencyMs + (fault?.kind === 'delay' ? fault.delayMs : 0);
    if (wait > 0) await delay(wait);

    const course: Course = { checked: [], allowed: false, executed: false };
    const requestId = this.identifiers.requestId();
    const carryOut = () =>
      this.#carryOut({ request, version, actionName, product, claim, params }, requestId, course);
    const reply = fault ? spoilt(fault, carryOut, product, requestId) : carryOut();

    const record: CallRecord = {
      seq,
      at: this.clock.now(),
      product: product.name,
      action: actionName,
      write: course.action?.write ?? false,
      params,
      url: request.url,
      headers: request.headers,
      accessKeyId: claim?.accessKeyId,
      principalArn: course.principal?.arn,
      account,
      checked: course.checked,
      allowed: course.allowed,
      status: reply.kind === 'answer' ? reply.status : 0,
      code: reply.kind === 'answer' ? reply.code : undefined,
      executed: course.executed,
      startedAt,
      finishedAt: performance.now(),
    };
    this.#log.add(record);
    if (course.executed) for (const listener of this.#listeners) listener(record);
    return reply.kind === 'answer'
      ? { ...reply, headers: { date: this.clock.http, ...reply.headers } }
      : reply;
  }

  #carryOut(incoming: Incoming, requestId: string, course: Course): Reply {
    const { product } = incoming;
    try {
      const body = this.#execute(incoming, course);
      return jsonAnswer(200, { RequestId: product.requestId(requestId), ...body }, requestId);
    } catch (error) {
      if (error instanceof CloudError) return errorAnswer(product, error, requestId);
      console.error(error);
      return errorAnswer(product, refusal('InternalError'), requestId);
    }
  }

  #execute(
    { request, version, actionName, product, claim, params }: Incoming,
    course: Course,
  ): Record<string, unknown> {
    if (version !== product.version) throw refusal('InvalidVersion');
    if (actionName === '') throw refusal('MissingAction');
    const action = Object.hasOwn(product.actions, actionName) ? product.actions[actionName] : undefined;
    if (!action) throw refusal('InvalidAction.NotFound');
    course.action = action;
    if (!claim) throw refusal('IncompleteSignature');
    const principal = authenticate(this, this.#nonces, claim, product, actionName);
    course.principal = principal;
    const { account } = principal;
    checkLeaked(this, principal, product);
    const admitted = this.#rates?.admit({
      account: account.id,
      product: product.name,
      action: actionName,
      write: action.write,
    });
    if (admitted === false) {
      const { code, message } = refusal('Throttling.User');
      throw new CloudError(this.switches.throttlingStatus, code, message);
    }
    const bodyCounts =
      product.name !== 'kms' || this.switches.kmsV3FormBody || !request.headers.authorization?.startsWith(V3);
    const asked = bodyCounts ? params : request.query;
    const call: Call = {
      cloud: this,
      principal,
      account,
      params: new Params(asked, product.missing),
      now: this.clock.now(),
    };
    action.offered?.(call);
    checkParameters(product, actionName, asked, this.switches.unknownParameters);
    this.#authorize(call, checksOf(product, actionName, call), course);
    const body = action.run(call);
    course.executed = true;
    return body;
  }

  #authorize({ principal }: Call, checks: readonly Check[], course: Course): void {
    for (const check of checks) {
      const asked = `${check.action} ${check.resource}`;
      course.checked.push(asked);
      if (principal.kind === 'role') {
        const { arn } = principal.session.role;
        const all = this.permissions.get(arn) ?? new Set();
        this.permissions.set(arn, all.add(asked));
      }
      const verdict = verdictOn(principal, check, { 'acs:SourceIp': '127.0.0.1' });
      if (verdict !== 'allow') throw denial(principal, check, verdict);
    }
    course.allowed = true;
  }

  #ownerOf(accessKeyId: string): string | undefined {
    return this.keys.get(accessKeyId)?.account.id ?? this.sessions.get(accessKeyId)?.account.id;
  }
}
