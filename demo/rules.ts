import type { AccessKey, CallRecord, Secret } from '../packages/local-alibaba-cloud/index';
import { DISABLE_AFTER, GRACE, LAST_USE_LAG, QUIET, RECOVERY } from './times';
import { FUNCTION_ROLE, INACTIVITY_ROLE, LEAK_ROLE, secretOf, type World } from './world';

/**
 * Watches, call by call and from outside, that the function keeps its safety rules. It knows what the cloud was
 * asked and what the cloud holds, and nothing of what the function meant by it.
 */
export class RuleWatch {
  /** One sentence each; empty where every rule was kept. */
  readonly violations: string[] = [];
  /** Keys that the function created. */
  readonly issued = new Set<string>();
  rotations = 0;
  deletions = 0;
  /** The longest time that a key of the function's was current. */
  longestAge = 0;

  readonly #world: World;
  readonly #users: readonly string[];
  readonly #exemptUntil: ReadonlyMap<string, number>;
  readonly #proven = new Set<string>();
  readonly #current = new Map<string, string>();
  /** Keys that have or had a successor, by the start of the run that made it current. */
  readonly #replacedAt = new Map<string, number>();
  /** Users whose current key was once Active and proven: from then on it has to be. */
  readonly #settled = new Set<string>();
  #runStartedAt = 0;
  #emergency: string | undefined;

  constructor(world: World, users: readonly string[], exemptUntil: ReadonlyMap<string, number>) {
    this.#world = world;
    this.#users = users;
    this.#exemptUntil = exemptUntil;
    world.cloud.onCall((call) => this.#watch(call));
    for (const user of users) this.#follow(user);
  }

  /** @param emergency the user whose current key is replaced without grace in this run */
  runBegins(emergency?: string): void {
    this.#runStartedAt = this.#world.now;
    this.#emergency = emergency;
  }

  runEnds(output: readonly string[]): void {
    this.#emergency = undefined;
    for (const user of this.#users) {
      this.#follow(user);
      this.#checkCurrent(user);
    }
    const text = output.join('\n');
    const leaked = [...this.#world.cloud.keys.values()].some(
      ({ key }) => !('root' in key) && text.includes(key.secret),
    );
    if (leaked) this.#broken('the secret of a key is in what the function printed or returned');
  }

  /** Keys of the function's that are alive and whose secret is lost. */
  orphans(): AccessKey[] {
    return this.#users.flatMap((user) => {
      const secret = this.#world.account.secret(secretOf(user));
      const keys = this.#world.account.users.get(user)?.keys.values() ?? [];
      return [...keys].filter((key) => this.issued.has(key.id) && !secret?.versions.has(key.id));
    });
  }

  #watch(call: CallRecord): void {
    if (call.action === 'GetCallerIdentity' && call.accessKeyId) this.#proven.add(call.accessKeyId);
    if (!call.write) return;
    if ([FUNCTION_ROLE, LEAK_ROLE].some((role) => call.principalArn?.includes(`/${role}/`)))
      this.#judge(call);
    if (call.principalArn?.includes(`/${INACTIVITY_ROLE}/`)) this.#judgeDisabling(call);
    for (const user of this.#users) {
      this.#follow(user);
      if (user !== this.#emergency) this.#checkCurrent(user);
    }
  }

  #judge({ action, params, url, at }: CallRecord): void {
    const user = params.UserName ?? params.SecretName?.replace(secretOf(''), '') ?? '';
    if (url.includes('AccessKeySecret')) this.#broken(`${action} carries a secret in its URL`);
    if (at < (this.#exemptUntil.get(user) ?? 0)) this.#broken(`${action} for ${user}, who is exempt`);
    if (action === 'CreateAccessKey') this.#keyCreated(user);
    if (action === 'UpdateAccessKey') this.#statusSet(this.#key(params.UserAccessKeyId), params.Status);
    if (action === 'DeleteAccessKey') this.#keyDeleted(this.#key(params.UserAccessKeyId));
  }

  #judgeDisabling({ action, params, at }: CallRecord): void {
    if (action !== 'UpdateAccessKey' && action !== 'UpdateLoginProfile') return;
    const [user = ''] = (params.UserName ?? params.UserPrincipalName ?? '').split('@');
    if (at < (this.#exemptUntil.get(user) ?? 0)) this.#broken(`${action} for ${user}, who is exempt`);
    const { keys, lastLogin = 0 } = this.#world.account.user(user);
    const key = keys.get(params.UserAccessKeyId ?? '');
    const lastUse = key ? (key.uses.at(-1)?.at ?? 0) : lastLogin;
    if (at - lastUse < DISABLE_AFTER) {
      const what = key ? `key ${key.id}` : 'the logon';
      this.#broken(`${what} of ${user} was disabled for inactivity and had been used in the last 90 days`);
    }
  }

  #keyCreated(user: string): void {
    const keys = [...this.#world.account.user(user).keys.values()];
    const newest = keys.pop();
    if (newest) this.issued.add(newest.id);
    for (const key of keys) this.#replacedAt.set(key.id, this.#runStartedAt);
  }

  #statusSet(key: AccessKey, status: string | undefined): void {
    const name = `key ${key.id} of ${key.user.name}`;
    if (status === 'Active') this.#broken(`${name} was enabled`);
    if (this.#isForeign(key))
      this.#broken(`${name} was disabled, and the function neither issued nor replaced it`);
    if (key.user.name === this.#emergency || !this.#wasCurrent(key)) return;
    if (this.#isCurrent(key)) this.#broken(`${name} was disabled while it was current`);
    const now = this.#world.now;
    if (now - (this.#replacedAt.get(key.id) ?? now) < GRACE)
      this.#broken(`${name} was disabled in its grace`);
    const told = key.uses.findLast(({ at }) => at <= now - this.#world.cloud.switches.lastUsedLagMs);
    if (told && now - told.at < QUIET + LAST_USE_LAG) this.#broken(`${name} was disabled while in use`);
  }

  #keyDeleted(key: AccessKey): void {
    const name = `key ${key.id} of ${key.user.name}`;
    this.deletions += 1;
    if (this.#isForeign(key))
      this.#broken(`${name} was deleted, and the function neither issued nor replaced it`);
    if (this.#isCurrent(key)) this.#broken(`${name} was deleted while it was current`);
    if (key.status === 'Active') this.#broken(`${name} was deleted while it was enabled`);
    if (key.user.name === this.#emergency || !this.#wasCurrent(key)) return;
    if (this.#world.now - key.updatedAt < RECOVERY)
      this.#broken(`${name} was deleted before its recovery was over`);
  }

  /** Takes note of a new current key. */
  #follow(user: string): void {
    const keyId = this.#keyUnder('ACSCurrent', this.#world.account.secret(secretOf(user)));
    const before = this.#current.get(user);
    if (!keyId || keyId === before) return;
    this.#current.set(user, keyId);
    if (this.issued.has(keyId)) this.rotations += 1;
    if (before) this.#replacedAt.set(before, this.#runStartedAt);
  }

  #checkCurrent(user: string): void {
    const keyId = this.#current.get(user);
    if (keyId === undefined) return;
    const key = this.#world.account.users.get(user)?.keys.get(keyId);
    const sound = key?.status === 'Active' && this.#proven.has(keyId);
    if (sound) this.#settled.add(user);
    if (key && this.issued.has(keyId)) {
      this.longestAge = Math.max(this.longestAge, this.#world.now - key.createdAt);
    }
    if (sound || !this.#settled.has(user)) return;
    const what = key ? (key.status === 'Active' ? 'was never proven to sign' : 'is disabled') : 'is gone';
    this.#broken(`key ${keyId} of ${user} is current and ${what}`);
  }

  #keyUnder(stage: string, secret: Secret | undefined): string | undefined {
    const version = [...(secret?.versions.values() ?? [])].find(({ stages }) => stages.has(stage));
    return version && JSON.parse(version.data).AccessKeyId;
  }

  #key(id = ''): AccessKey {
    const key = this.#world.cloud.keys.get(id)?.key;
    if (!key || 'root' in key)
      throw new Error(`the cloud carried out a call about ${id}, which is no user's key`);
    return key;
  }

  #isCurrent(key: AccessKey): boolean {
    return this.#current.get(key.user.name) === key.id;
  }

  #wasCurrent(key: AccessKey): boolean {
    return this.#isCurrent(key) || this.#replacedAt.has(key.id);
  }

  #isForeign(key: AccessKey): boolean {
    return !this.issued.has(key.id) && !this.#wasCurrent(key);
  }

  #broken(what: string): void {
    const date = new Date(this.#world.now).toISOString().slice(0, 10);
    const violation = `${date}  ${what}`;
    if (!this.violations.includes(violation)) this.violations.push(violation);
  }
}
