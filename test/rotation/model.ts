import { DateTime, Duration } from 'luxon';
import type { AccessKeyStatus, LastUse } from '../../src/cloud/access-key';
import { lastUseLag } from '../../src/cloud/last-use';
import {
  type Claim,
  deadClaims,
  type Intent,
  type NoticeEntry,
  readRecord,
  write,
} from '../../src/record/rotation';
import { claimTagKey, tagKeys } from '../../src/record/tags';
import { decide } from '../../src/rotation/decide/chain';
import type { Decision, Step } from '../../src/rotation/decide/decision';
import type { Observation, SecretState } from '../../src/rotation/observation';
import { config } from './user';

interface ModelKey {
  readonly id: string;
  readonly byKeyturn: boolean;
  readonly createdAt: DateTime;
  status: AccessKeyStatus;
  changedAt: DateTime;
  /** When a run first saw it Inactive after the last sight of it Active. */
  seenInactiveAt?: DateTime;
  readonly uses: DateTime[];
  /** It was the current pair, proven or adopted. */
  wasCurrent: boolean;
  /** keyturn wrote down that another key took its place. */
  replaced: boolean;
}

interface ModelSecret {
  readonly versions: Set<string>;
  current: string;
  standby?: string;
}

export interface Setting {
  readonly tellsUpdateDate: boolean;
  readonly lagHours: number;
}

/** How one run goes: its clock, where it is killed, what it cannot read, prove or deliver. */
export interface Weather {
  readonly skewMinutes: number;
  /** Writes that are done before the process is killed. */
  readonly killedAfter: number;
  readonly proves: boolean;
  readonly delivers: boolean;
  readonly readsUse: boolean;
}

export const calm: Weather = {
  skewMinutes: 0,
  killedAfter: Number.POSITIVE_INFINITY,
  proves: true,
  delivers: true,
  readsUse: true,
};

class Killed extends Error {}
class Stopped extends Error {}

/** Two clocks, each ten minutes off, may make a wait this much shorter. */
const tolerance = Duration.fromObject({ minutes: 20 });
const runLength = { minutes: 10 };
const rounds = 8;

/** RAM, KMS and the tags of one user in memory. It does what is decided, and throws where a rule is broken. */
export class Model {
  readonly keys = new Map<string, ModelKey>();
  readonly tags = new Map<string, string>();
  secret: ModelSecret | undefined;
  now = DateTime.utc(2026, 1, 1);
  /** What the latest run decided, one after the other. */
  decided: Decision[] = [];
  readonly #setting: Setting;
  readonly #delivered = new Map<string, DateTime>();
  #runs = 0;
  #ids = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  get record() {
    return readRecord(this.tags);
  }

  createKey(byKeyturn: boolean): ModelKey {
    const id = `${byKeyturn ? 'OURS' : 'THEIRS'}${++this.#ids}`;
    const key = {
      id,
      byKeyturn,
      createdAt: this.now,
      status: 'Active' as const,
      changedAt: this.now,
      uses: [],
      wasCurrent: false,
      replaced: false,
    };
    this.keys.set(id, key);
    return key;
  }

  set(key: ModelKey, status: AccessKeyStatus): void {
    if (key.status === status) return;
    key.status = status;
    key.changedAt = this.now;
  }

  /** What a person wipes out of the record, nobody can know any more. */
  forget(tag: string): void {
    const { current, old } = this.record;
    const entry = tag === tagKeys.current ? current : tag === tagKeys.old ? old : undefined;
    const key = entry && this.keys.get(entry.keyId);
    if (key) key.wasCurrent = false;
    this.tags.delete(tag);
  }

  dropSecret(): void {
    this.secret = undefined;
    this.#forgetUnwritten();
  }

  moveCurrent(versionId: string): void {
    if (!this.secret || this.secret.current === versionId) return;
    this.secret.current = versionId;
    this.#forgetUnwritten();
  }

  /** That a key was current stands in KMS alone until a run writes it down. */
  #forgetUnwritten(): void {
    const { current, old } = this.record;
    for (const key of this.keys.values()) {
      key.wasCurrent &&= key.id === current?.keyId || key.id === old?.keyId;
    }
  }

  observe(weather: Weather): Observation {
    const keys = [...this.keys.values()];
    const seen = this.now;
    for (const key of keys) {
      key.seenInactiveAt = key.status === 'Active' ? undefined : (key.seenInactiveAt ?? seen);
    }
    return {
      user: { account: '1', name: 'svc', id: '2', principalName: 'svc@1', frozen: false },
      keys: keys.map(({ id, status, createdAt, changedAt }) => ({
        id,
        status,
        createdAt,
        ...(this.#setting.tellsUpdateDate && { updatedAt: changedAt }),
      })),
      record: this.record,
      secret: this.#secretState(),
      kmsManaged: false,
      tagged: [...this.tags.keys()],
      lastUse: new Map(keys.map((key) => [key.id, this.#lastUse(key, weather)])),
    };
  }

  /** One run of a timer: claims, looks, decides and acts until nothing is left, as far as it gets. */
  run(weather: Weather): Decision {
    const runId = `run-${++this.#runs}`;
    const startedAt = this.now.plus({ minutes: weather.skewMinutes });
    const turn = new ModelTurn(this, weather, startedAt, runId);
    let decision = decide(this.observe(weather), config, startedAt);
    this.decided = [decision];
    if (decision.steps.length === 0) return decision;
    this.decided = [];
    try {
      turn.claim(decision.steps.some((step) => step.do === 'create'));
      for (let round = 1; round <= rounds; round++) {
        decision = decide(this.#withoutClaim(runId, weather), config, startedAt);
        this.decided.push(decision);
        turn.take(decision.steps);
        if (!decision.again) {
          turn.release();
          return decision;
        }
      }
      throw new Error(`a run never came to an end: ${decision.reason}: ${decision.message}`);
    } catch (error) {
      if (!(error instanceof Killed || error instanceof Stopped)) throw error;
      return decision;
    } finally {
      this.now = this.now.plus({ minutes: 1 });
    }
  }

  #withoutClaim(runId: string, weather: Weather): Observation {
    const observation = this.observe(weather);
    const claims = observation.record.claims.filter((claim) => claim.runId !== runId);
    return { ...observation, record: { ...observation.record, claims } };
  }

  #secretState(): SecretState {
    const { secret } = this;
    if (!secret) return { kind: 'absent' };
    return {
      kind: 'present',
      currentKeyId: secret.current,
      currentVersionId: secret.current,
      versionIds: [...secret.versions],
      ...(secret.standby && { standbyVersionId: secret.standby }),
    };
  }

  #lastUse(key: ModelKey, { readsUse }: Weather): LastUse {
    if (!readsUse) return { kind: 'unreadable', why: 'garbled' };
    const at = this.#usedAt(key);
    return at ? { kind: 'at', at } : { kind: 'never' };
  }

  /** As far as anybody can know. */
  #usedAt({ uses }: ModelKey): DateTime | undefined {
    return uses.findLast((use) => use <= this.now.minus({ hours: this.#setting.lagHours }));
  }

  /** The first version of a secret is current at once, and every later one a standby. */
  store(keyId: string): void {
    if (!this.secret) {
      this.secret = { versions: new Set([keyId]), current: keyId };
      return;
    }
    this.secret.versions.add(keyId);
    this.secret.standby = keyId;
  }

  replace(keyId: string): void {
    const key = this.keys.get(keyId);
    if (key) key.replaced = true;
  }

  deliver(versionId: string): void {
    this.#delivered.set(versionId, this.now);
  }

  disable(keyId: string, because: string, weather: Weather): void {
    const key = this.keys.get(keyId);
    if (!key) return;
    if (because === 'withdrawn') {
      mustHold(key.byKeyturn && !key.wasCurrent, `${keyId} is withdrawn though it was current or is foreign`);
    } else {
      const delivered = this.#delivered.get(this.secret?.current ?? '');
      mustHold(because === 'old', `${keyId} is disabled because ${because}`);
      mustHold(this.secret?.current !== keyId, `${keyId} is disabled while it is current`);
      mustHold(weather.readsUse, `${keyId} is disabled though its use is unknown`);
      mustHold(
        delivered !== undefined && this.now >= delivered.plus(config.grace).minus(tolerance),
        `${keyId} is disabled within its grace`,
      );
      const usedAt = this.#usedAt(key);
      mustHold(
        !usedAt || this.now >= usedAt.plus(config.quiet).plus(lastUseLag).minus(tolerance),
        `${keyId} is disabled though it was used on ${usedAt?.toISO()}`,
      );
    }
    this.set(key, 'Inactive');
    key.seenInactiveAt ??= this.now;
  }

  delete(keyId: string, because: string): void {
    const key = this.keys.get(keyId);
    if (!key) return;
    mustHold(key.status === 'Inactive', `${keyId} is deleted while it is Active`);
    if (because === 'withdrawn') {
      mustHold(key.byKeyturn && !key.wasCurrent, `${keyId} is deleted though it was current or is foreign`);
    } else {
      const since = this.#setting.tellsUpdateDate ? key.changedAt : (key.seenInactiveAt ?? this.now);
      mustHold(this.secret?.current !== keyId, `${keyId} is deleted while it is current`);
      mustHold(key.byKeyturn || key.replaced, `${keyId} is deleted though it is a stranger`);
      mustHold(
        this.now >= since.plus(config.recovery).minus(tolerance),
        `${keyId} is deleted in its recovery`,
      );
    }
    this.keys.delete(keyId);
  }
}

function mustHold(rule: boolean, broken: string): void {
  if (!rule) throw new Error(broken);
}

class ModelTurn {
  readonly #model: Model;
  readonly #weather: Weather;
  readonly #startedAt: DateTime;
  readonly #runId: string;
  #intent: Intent | undefined;
  #issued = '';
  #writes = 0;

  constructor(model: Model, weather: Weather, startedAt: DateTime, runId: string) {
    this.#model = model;
    this.#weather = weather;
    this.#startedAt = startedAt;
    this.#runId = runId;
  }

  claim(creates: boolean): void {
    if (creates) this.#intent = this.#intended();
    this.#writeClaim();
  }

  take(steps: readonly Step[]): void {
    for (const step of steps) this.#do(step);
  }

  release(): void {
    this.#write(() => {
      const dead = deadClaims(this.#model.record, this.#startedAt).map(claimTagKey);
      for (const key of [claimTagKey(this.#runId), ...dead]) this.#model.tags.delete(key);
    });
  }

  #intended(): Intent {
    return {
      at: this.#startedAt,
      until: this.#startedAt.plus(runLength),
      before: [...this.#model.keys.keys()],
    };
  }

  #writeClaim(): void {
    const claim: Claim = {
      runId: this.#runId,
      by: 'timer',
      expiresAt: this.#startedAt.plus({ seconds: 40 }),
      ...(this.#intent && { intent: this.#intent }),
    };
    this.#tag(claimTagKey(this.#runId), write.claim(claim));
  }

  #write(effect: () => void): void {
    if (this.#writes++ >= this.#weather.killedAfter) throw new Killed();
    effect();
  }

  #tag(key: string, value: string | undefined): void {
    this.#write(() => {
      if (value === undefined) this.#model.tags.delete(key);
      else this.#model.tags.set(key, value);
    });
  }

  #do(step: Step): void {
    const model = this.#model;
    switch (step.do) {
      case 'create':
        this.#create();
        return;
      case 'store':
        this.#write(() => model.store(this.#issued));
        return;
      case 'prove':
        this.#prove(step.keyId ?? this.#issued);
        return;
      case 'prepare':
      case 'copyNetworkPolicy':
        return;
      case 'promote':
        this.#promote(step.keyId ?? this.#issued, step.from);
        return;
      case 'confirm':
        this.#confirm(step);
        return;
      case 'notify':
        this.#notify();
        return;
      case 'disable':
        this.#write(() => model.disable(step.keyId, step.because, this.#weather));
        return;
      case 'delete':
        this.#write(() => model.delete(step.keyId, step.because));
        return;
      case 'remember':
        this.#remember(step);
    }
  }

  #create(): void {
    this.#intent = this.#intended();
    this.#writeClaim();
    this.#write(() => {
      mustHold(this.#model.keys.size < 2, 'a third key is issued');
      this.#issued = this.#model.createKey(true).id;
    });
  }

  #prove(keyId: string): void {
    const { keys, record } = this.#model;
    if (this.#weather.proves && keys.get(keyId)?.status === 'Active') return;
    const known = record.standby?.keyId === keyId ? record.standby : undefined;
    const intents = [this.#intent, ...record.claims.map((claim) => claim.intent)];
    const before =
      known?.before ?? intents.find((intent) => intent && !intent.before.includes(keyId))?.before ?? [];
    const failures = (known?.failures ?? 0) + 1;
    const failingSince = known?.failingSince ?? this.#startedAt;
    this.#tag(tagKeys.standby, write.standby({ keyId, failingSince, failures, before }));
    this.release();
    throw new Stopped();
  }

  #promote(to: string, from: string): void {
    this.#write(() => {
      const { secret } = this.#model;
      mustHold(secret?.current === from, `ACSCurrent is taken from ${from}, and is not there`);
      mustHold(this.#model.keys.get(to)?.status === 'Active', `${to} is promoted and does not sign`);
      if (secret) secret.current = to;
    });
    const key = this.#model.keys.get(to);
    if (key) key.wasCurrent = true;
  }

  #confirm(step: Extract<Step, { do: 'confirm' }>): void {
    const model = this.#model;
    const keyId = step.keyId ?? this.#issued;
    const key = model.keys.get(keyId);
    mustHold(model.secret?.current === keyId, `${keyId} is written down as current, and is not`);
    this.#write(() => {
      if (model.secret?.standby === keyId) model.secret.standby = undefined;
    });
    this.#write(() => {
      if (key) key.wasCurrent = true;
      if (step.old) {
        model.tags.set(tagKeys.old, write.old(step.old));
        model.replace(step.old.keyId);
      }
      const notice = { versionId: keyId, since: this.#startedAt, takenBy: [] };
      model.tags.set(tagKeys.current, write.current({ keyId, origin: 'issued', provenAt: this.#startedAt }));
      model.tags.set(tagKeys.notice, write.notice(notice));
    });
    this.#write(() => {
      model.tags.delete(tagKeys.standby);
      model.tags.delete(tagKeys.emergency);
    });
  }

  #notify(): void {
    const versionId = this.#model.record.current?.keyId;
    mustHold(versionId !== undefined, 'a notice is sent of no key');
    if (versionId === undefined) return;
    if (!this.#weather.delivers) {
      this.release();
      throw new Stopped();
    }
    const notice: NoticeEntry = {
      versionId,
      since: this.#startedAt,
      deliveredAt: this.#startedAt,
      takenBy: [],
    };
    this.#model.deliver(versionId);
    this.#tag(tagKeys.notice, write.notice(notice));
  }

  #remember({ entries }: Extract<Step, { do: 'remember' }>): void {
    const { current, old, standby, emergency } = entries;
    if (current) {
      const key = this.#model.keys.get(current.keyId);
      if (key) key.wasCurrent = true;
    }
    if (current !== undefined) this.#tag(tagKeys.current, current ? write.current(current) : undefined);
    if (old !== undefined) this.#tag(tagKeys.old, old ? write.old(old) : undefined);
    if (old) this.#model.replace(old.keyId);
    if (standby !== undefined) this.#tag(tagKeys.standby, standby ? write.standby(standby) : undefined);
    if (emergency !== undefined) {
      this.#tag(tagKeys.emergency, emergency ? write.emergency(emergency) : undefined);
    }
  }
}
