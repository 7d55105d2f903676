import {
  type AccessKey,
  type Account,
  type CallRecord,
  DAY,
  HOUR,
  type LocalCloud,
  type User,
} from '../../packages/local-alibaba-cloud/index';

/** The longest that last-use data may lag, as rotation has to assume it. */
const assumedLagMs = 3 * HOUR;

export interface RulesOptions {
  readonly graceMs?: number;
  readonly quietMs?: number;
  readonly recoveryMs?: number;
  /** `disable`: the old key goes after its grace, in use or not. */
  readonly stillUsed?: 'wait' | 'disable';
  /** How far the function's clock may be from the cloud's. */
  readonly skewMs?: number;
  readonly secretOf?: (user: string) => string;
}

/** What is true of a key for as long as it exists. */
interface Biography {
  readonly user: string;
  issuedByKeyturn: boolean;
  /** Was under ACSCurrent, or all that the user had before keyturn came. */
  everCurrent: boolean;
  /** Another key took its place. */
  replaced: boolean;
  /** Signed a call that the cloud accepted. */
  proven: boolean;
  /** May be killed at once, whatever it is. */
  leaked: boolean;
  /** Whose doing it is that the key is disabled. */
  disabledBy?: 'keyturn' | 'others';
}

interface Snapshot {
  readonly status: AccessKey['status'];
  readonly updatedAt: number;
}

/**
 * The safety rules, checked from the cloud's own view after every call that was carried out. It believes nothing
 * that keyturn says: who made a call, what it did and when is taken from the cloud.
 */
export class Rules {
  readonly violations: string[] = [];
  readonly #cloud: LocalCloud;
  readonly #account: Account;
  readonly #options: Required<RulesOptions>;
  readonly #lives = new Map<string, Biography>();
  readonly #before = new Map<string, Snapshot>();
  /** Whether ACSCurrent of a user was as it must be after the last call. */
  readonly #good = new Map<string, boolean>();
  readonly #done = new Set<string>();
  readonly #current = new Map<string, string>();
  /** Start of the run that delivered the notice of a key. */
  readonly #noticed = new Map<string, number>();
  readonly #gaps = new Set<string>();
  readonly #rollbacks = new Set<string>();
  readonly #stop: () => void;
  #plan = false;

  constructor(cloud: LocalCloud, account: Account, options: RulesOptions = {}) {
    this.#cloud = cloud;
    this.#account = account;
    this.#options = {
      graceMs: 2 * DAY,
      quietMs: 24 * HOUR,
      recoveryMs: 7 * DAY,
      stillUsed: 'wait',
      skewMs: 0,
      secretOf: (user) => `keyturn/${user}`,
      ...options,
    };
    for (const user of account.users.values()) this.#noteCurrent(user);
    this.#look();
    this.#stop = cloud.onCall((call) => this.#after(call));
  }

  close(): void {
    this.#stop();
  }

  /** From now on calls belong to a run that only plans, or not. */
  plan(on: boolean): void {
    this.#plan = on;
  }

  /** An emergency was asked for: every key that the user has now may die at once. */
  emergency(user: string): void {
    for (const key of this.#account.user(user).keys.values()) this.#life(key).leaked = true;
  }

  /** A person asked for the old key back: what keyturn itself disabled may be enabled. */
  rollback(user: string): void {
    this.#rollbacks.add(user);
  }

  /** An emergency that issues nothing leaves ACSCurrent on a dead key. */
  allowGap(user: string): void {
    this.#gaps.add(user);
  }

  /** The run that began at this moment of the cloud's clock has delivered the notice of the key. */
  delivered(keyId: string, runStartedAt: number): void {
    if (!this.#noticed.has(keyId)) this.#noticed.set(keyId, runStartedAt);
  }

  /** Whether keyturn issued this key. */
  issued(keyId: string): boolean {
    return this.#lives.get(keyId)?.issuedByKeyturn === true;
  }

  #after(call: CallRecord): void {
    if (call.account !== this.#account.id) return;
    this.#noteProof(call);
    const keyturns = call.principalArn?.includes(':assumed-role/keyturn') === true;
    if (keyturns) {
      this.#rule2(call);
      this.#rule8(call);
      if (call.action === 'CreateAccessKey') this.#rule10(call);
      if (call.action === 'UpdateAccessKey') this.#rule3and7(call);
      if (call.action === 'DeleteAccessKey') this.#rule4(call);
    }
    if (call.action === 'UpdateAccessKey') this.#noteDisabling(call, keyturns);
    this.#noteBirths(call, keyturns);
    this.#rule1(call, keyturns);
    this.#look();
  }

  #broken(rule: number, what: string): void {
    this.violations.push(`rule ${rule}: ${what}`);
  }

  #noteProof({ product, action, accessKeyId = '' }: CallRecord): void {
    const entry = this.#cloud.keys.get(accessKeyId);
    if (product !== 'sts' || action !== 'GetCallerIdentity' || !entry || 'root' in entry.key) return;
    this.#life(entry.key).proven = true;
  }

  /** Once the first rotation is done, ACSCurrent is an Active, proven key of the user whose secret is right. */
  #rule1(call: CallRecord, keyturns: boolean): void {
    for (const user of this.#account.users.values()) {
      const { keyId, flaws } = this.#stateOfCurrent(user);
      if (keyId === undefined) continue;
      this.#noteCurrent(user);
      const good = flaws.length === 0;
      const wasGood = this.#good.get(user.name) === true;
      if (this.#done.has(user.name) && keyturns && wasGood && !good && !this.#gaps.has(user.name)) {
        this.#broken(
          1,
          `after ${call.action} the current key ${keyId} of ${user.name} is ${flaws.join(', ')}`,
        );
      }
      if (good && this.#lives.get(keyId)?.issuedByKeyturn) this.#done.add(user.name);
      this.#good.set(user.name, good);
    }
  }

  #stateOfCurrent(user: User): { keyId?: string; flaws: string[] } {
    const pair = this.#currentPair(user.name);
    if (!pair) return { flaws: ['absent'] };
    const key = user.keys.get(pair.AccessKeyId);
    if (!key) return { keyId: pair.AccessKeyId, flaws: ['no key of the user'] };
    const flaws = [
      ...(key.status === 'Active' ? [] : ['disabled']),
      ...(key.secret === pair.AccessKeySecret ? [] : ['stored with a wrong secret']),
      ...(this.#life(key).proven || !this.#life(key).issuedByKeyturn ? [] : ['not proven']),
    ];
    return { keyId: key.id, flaws };
  }

  #currentPair(user: string): { AccessKeyId: string; AccessKeySecret: string } | undefined {
    const versions = this.#account.secret(this.#options.secretOf(user))?.versions.values() ?? [];
    const current = [...versions].find((version) => version.stages.has('ACSCurrent'));
    return current && JSON.parse(current.data);
  }

  #noteCurrent(user: User): void {
    const keyId = this.#currentPair(user.name)?.AccessKeyId;
    const before = this.#current.get(user.name);
    if (keyId === undefined || before === keyId) return;
    this.#current.set(user.name, keyId);
    // One that comes back is news again.
    this.#noticed.delete(keyId);
    const life = this.#lives.get(keyId);
    if (life) life.everCurrent = true;
    const takenOver = life?.issuedByKeyturn ? [...user.keys.keys()].filter((id) => id !== keyId) : [];
    for (const id of before === undefined ? takenOver : [before]) {
      const replaced = this.#lives.get(id);
      if (!replaced || (before === undefined && replaced.issuedByKeyturn)) continue;
      replaced.everCurrent = true;
      replaced.replaced = true;
    }
  }

  #rule2({ url, action }: CallRecord): void {
    for (const { key } of this.#cloud.keys.values()) {
      const secret = 'root' in key ? key.accessKeySecret : key.secret;
      if (url.includes(secret)) this.#broken(2, `the URL of ${action} holds the secret of a key`);
    }
  }

  #rule3and7({ params, at }: CallRecord): void {
    const keyId = params.UserAccessKeyId ?? '';
    const life = this.#lives.get(keyId);
    if (params.Status !== 'Inactive') {
      const mayBe = life && this.#rollbacks.has(life.user) && !life.leaked && life.disabledBy !== 'others';
      if (!mayBe) this.#broken(7, `key ${keyId} was enabled`);
      return;
    }
    const key = this.#cloud.keys.get(keyId)?.key;
    if (!life || !key || 'root' in key || life.leaked || this.#before.get(keyId)?.status === 'Inactive')
      return;
    if (life.issuedByKeyturn && !(life.everCurrent && life.proven)) return;
    const current = this.#current.get(life.user);
    if (current === keyId) this.#broken(3, `the current key ${keyId} was disabled`);
    const noticedAt = this.#noticed.get(current ?? '');
    const { graceMs, quietMs, stillUsed, skewMs } = this.#options;
    if (noticedAt === undefined)
      this.#broken(3, `${keyId} was disabled before anybody was told of ${current}`);
    else if (at < noticedAt + graceMs - skewMs) {
      this.#broken(
        3,
        `${keyId} was disabled ${(noticedAt + graceMs - at) / 1000} s before its grace was over`,
      );
    }
    const lastUse = this.#lastVisibleUse(key, at);
    if (stillUsed === 'wait' && lastUse !== undefined && at < lastUse + quietMs + assumedLagMs - skewMs) {
      this.#broken(3, `${keyId} was disabled ${(at - lastUse) / HOUR} h after a use`);
    }
  }

  /** The last use that the cloud could tell of at that moment. */
  #lastVisibleUse(key: AccessKey, at: number): number | undefined {
    return key.uses.findLast((use) => use.at <= at - this.#cloud.switches.lastUsedLagMs)?.at;
  }

  #rule4({ params, at }: CallRecord): void {
    const keyId = params.UserAccessKeyId ?? '';
    const key = this.#cloud.keys.get(keyId)?.key;
    if (!key || 'root' in key) return;
    const life = this.#life(key);
    const before = this.#before.get(keyId) ?? key;
    if (!life.issuedByKeyturn && !life.replaced) {
      this.#broken(7, `${keyId} was deleted, which keyturn neither issued nor replaced`);
    }
    if (before.status === 'Active') this.#broken(4, `${keyId} was deleted while it was enabled`);
    if (this.#current.get(life.user) === keyId && life.proven) {
      this.#broken(4, `the current key ${keyId} was deleted`);
    }
    if (life.leaked || (life.issuedByKeyturn && !(life.everCurrent && life.proven))) return;
    const { recoveryMs, skewMs } = this.#options;
    if (at < before.updatedAt + recoveryMs - skewMs) {
      this.#broken(4, `${keyId} was deleted ${(at - before.updatedAt) / HOUR} h after it was disabled`);
    }
  }

  #rule8({ write, action }: CallRecord): void {
    if (this.#plan && write) this.#broken(8, `${action} in mode plan`);
  }

  /** Between two attempts to create a key, of which the first was not refused, the keys are looked at. */
  #rule10(call: CallRecord): void {
    const attempts = this.#cloud.calls.filter(
      ({ action, accessKeyId, seq }) =>
        accessKeyId === call.accessKeyId && seq < call.seq && keyCalls.has(action),
    );
    const last = attempts.findLastIndex(({ action }) => action === 'CreateAccessKey');
    const first = attempts[last];
    if (!first || (!first.executed && first.status >= 400 && first.status < 500)) return;
    const looked = attempts
      .slice(last + 1)
      .some(({ action, executed }) => action === 'ListAccessKeys' && executed);
    if (!looked) this.#broken(10, 'CreateAccessKey was repeated blindly');
  }

  #noteDisabling({ params }: CallRecord, keyturns: boolean): void {
    const life = this.#lives.get(params.UserAccessKeyId ?? '');
    if (!life) return;
    if (params.Status !== 'Inactive') delete life.disabledBy;
    else life.disabledBy ??= keyturns ? 'keyturn' : 'others';
  }

  #noteBirths({ action, params }: CallRecord, keyturns: boolean): void {
    if (action !== 'CreateAccessKey') return;
    const user = this.#account.users.get(params.UserName ?? '');
    const born = [...(user?.keys.values() ?? [])].filter((key) => !this.#before.has(key.id));
    for (const key of born) this.#life(key).issuedByKeyturn = keyturns;
    const successors = [...(user?.keys.values() ?? [])].filter((key) => {
      const { issuedByKeyturn, everCurrent } = this.#life(key);
      return issuedByKeyturn && !everCurrent && key.status === 'Active';
    });
    if (keyturns && successors.length > 1) this.#broken(6, `two successors were issued for ${user?.name}`);
  }

  #life(key: AccessKey): Biography {
    let life = this.#lives.get(key.id);
    if (!life) {
      const user = key.user.name;
      const blank = { everCurrent: false, replaced: false, proven: false, leaked: false };
      life = { user, issuedByKeyturn: false, ...blank };
      this.#lives.set(key.id, life);
    }
    return life;
  }

  #look(): void {
    this.#before.clear();
    for (const user of this.#account.users.values()) {
      for (const key of user.keys.values()) {
        this.#life(key);
        this.#before.set(key.id, { status: key.status, updatedAt: key.updatedAt });
      }
    }
  }
}

const keyCalls = new Set(['CreateAccessKey', 'ListAccessKeys']);
