import { DateTime } from 'luxon';
import type { LastUse } from './access-key';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { CloudError, isThrottling } from './error';
import type { Gate, Kind } from './gate';
import { readLastUse } from './last-use';
import { Rpc } from './rpc';

/** Something that a key was seen at, and when that was last. */
export interface Sighting {
  readonly at: DateTime;
  /** A service, a source address, or the name of an API action. */
  readonly what: string;
}

/** Where a key was used lately, newest first. */
export interface KeyTraces {
  readonly services: readonly Sighting[];
  readonly addresses: readonly Sighting[];
  readonly events: readonly Sighting[];
}

/** Shared by all that read the trail of one account in one run, so that what is not to be had is asked for once. */
export interface TrailMemory {
  /** Actions that were refused for good. */
  readonly absent: Set<string>;
  /** What a person should know. */
  readonly notes: Set<string>;
}

/** Not worth a second try: what RAM tells is there as well. */
const glance: Kind = { write: false, repeatable: false, timeoutMs: 5_000 };
const unreachable = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];
const listed = 10;

/**
 * ActionTrail's AccessKey audit, API version 2020-07-06: hourly data since February 2022, 400 days of it (ActionTrail
 * API reference, GetAccessKeyLastUsedInfo). Not every account has it, and not every role may read it.
 */
export class ActionTrail {
  readonly #gate: Gate;
  readonly #rpc: Rpc;
  readonly #memory: TrailMemory;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint, memory: TrailMemory) {
    this.#gate = gate;
    this.#rpc = new Rpc(gate, credentials, endpoint, '2020-07-06');
    this.#memory = memory;
  }

  /** `undefined` where the trail is not to be had. */
  async lastUse(keyId: string): Promise<LastUse | undefined> {
    try {
      const body = await this.#ask('GetAccessKeyLastUsedInfo', keyId);
      return body && this.#readUse(body);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      return { kind: 'unreadable', why: error.message };
    }
  }

  /** `undefined` where the trail is not to be had. @throws CloudError */
  async traces(keyId: string): Promise<KeyTraces | undefined> {
    const [products, ips, events] = await Promise.all([
      this.#ask('GetAccessKeyLastUsedProducts', keyId),
      this.#ask('GetAccessKeyLastUsedIps', keyId),
      this.#ask('GetAccessKeyLastUsedEvents', keyId),
    ]);
    if (!products || !ips || !events) return undefined;
    return {
      services: sightings(products.Products, 'ServiceName'),
      addresses: sightings(ips.Ips, 'Ip'),
      events: sightings(events.Events, 'EventName'),
    };
  }

  async #ask(action: string, AccessKey: string): Promise<Record<string, unknown> | undefined> {
    const { absent, notes } = this.#memory;
    if (absent.has(action)) return undefined;
    try {
      return await this.#rpc.call({ product: 'ActionTrail', action }, glance, { AccessKey });
    } catch (error) {
      if (!(error instanceof CloudError) || !isAbsent(error)) throw error;
      absent.add(action);
      notes.add(
        `ActionTrail is not read in account ${this.#gate.account}; RAM tells of last uses: ${error.message}`,
      );
      return undefined;
    }
  }

  #readUse({ UsedTimestamp: stamp, ServiceName: service }: Record<string, unknown>): LastUse {
    if (stamp === undefined || stamp === null || stamp === 0 || stamp === '') return { kind: 'never' };
    const at = instantOf(stamp);
    if (!at) return { kind: 'unreadable', why: 'ActionTrail tells a time that is none' };
    return readLastUse(at.toISO(), typeof service === 'string' ? service : undefined, this.#gate.clock.now());
  }
}

/** Refused for good, or nobody there: the account, the region or the role goes without. */
const isAbsent = (error: CloudError): boolean =>
  (error.outcome === 'refused' && !isThrottling(error)) || unreachable.includes(error.code);

function instantOf(stamp: unknown): DateTime | undefined {
  if (typeof stamp !== 'number' || !Number.isSafeInteger(stamp)) return undefined;
  const at = DateTime.fromMillis(stamp, { zone: 'utc' });
  return at.isValid ? at : undefined;
}

/** What cannot be read of a list is left out of it: nothing is decided by these. */
function sightings(list: unknown, field: string): Sighting[] {
  if (!Array.isArray(list)) return [];
  return list
    .flatMap((entry: Record<string, unknown> | null): Sighting[] => {
      const at = instantOf(entry?.UsedTimestamp);
      const what = entry?.[field];
      return at && typeof what === 'string' && what !== '' ? [{ at, what }] : [];
    })
    .sort((a, b) => b.at.toMillis() - a.at.toMillis())
    .slice(0, listed);
}
