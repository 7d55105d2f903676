import { DateTime } from 'luxon';
import * as z from 'zod';
import type { LastUse } from './access-key';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { CloudError, isCode, isRefusedForGood } from './error';
import { DeadlineError, type Gate, type Kind } from './gate';
import { readLastUse } from './last-use';
import { markedList } from './pages';
import { type Params, Rpc } from './rpc';
import { text, unchecked } from './shape';

/** Something that a key was seen at, and when that was last. */
export interface Sighting {
  readonly at: DateTime;
  /** A service, a source address, or the name of an API action. */
  readonly what: string;
}

type TraceList = 'services' | 'addresses' | 'events';

/** Where a key was used lately, newest first, ten of each at most. */
export interface KeyTraces extends Readonly<Record<TraceList, readonly Sighting[]>> {
  /** Why a list lacks some of what there is. */
  readonly incomplete: Readonly<Partial<Record<TraceList, string>>>;
}

/** Shared by all that read the trail of one account in one run, so that what is not to be had is asked for once. */
export interface TrailMemory {
  /** Actions that were refused for good. */
  readonly absent: Set<string>;
  /** What a person should know. */
  readonly notes: Set<string>;
}

export const trailApi = { product: 'ActionTrail', version: '2020-07-06' };

/** Not worth a second try: what RAM tells is there as well. */
const glance: Kind = { write: false, repeatable: false, timeoutMs: 5_000 };
const unreachable = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];
const listed = 10;
/** Addresses and events are asked for by service; the newest are where a forgotten program is found. */
const servicesAsked = 5;
const pageSize = 100;

const lastUsedAnswer = z.object({ UsedTimestamp: unchecked, ServiceName: unchecked });

const moment = z.int().transform((stamp, context): DateTime => {
  const at = instantOf(stamp);
  if (at) return at;
  context.addIssue({ code: 'custom', message: 'no time' });
  return z.NEVER;
});
const productsAnswer = z.object({
  Products: z.array(z.object({ ServiceName: text, UsedTimestamp: moment })),
});
const addressesAnswer = z.object({ Ips: z.array(z.object({ Ip: text, UsedTimestamp: moment })) });
const eventsAnswer = z.object({ Events: z.array(z.object({ EventName: text, UsedTimestamp: moment })) });

/**
 * ActionTrail's AccessKey audit: hourly data since February 2022, 400 days of it (ActionTrail
 * API reference, GetAccessKeyLastUsedInfo). Not every account has it, and not every role may read it.
 */
export class ActionTrail {
  readonly #gate: Gate;
  readonly #rpc: Rpc;
  readonly #memory: TrailMemory;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint, memory: TrailMemory) {
    this.#gate = gate;
    this.#rpc = new Rpc(gate, credentials, endpoint, trailApi);
    this.#memory = memory;
  }

  /** `undefined` where the trail is not to be had. */
  async lastUse(AccessKey: string): Promise<LastUse | undefined> {
    const action = 'GetAccessKeyLastUsedInfo';
    try {
      const answer = await this.#orAbsent(action, () =>
        this.#rpc.call(action, glance, { AccessKey }, lastUsedAnswer),
      );
      return answer && this.#readUse(answer);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      return { kind: 'unreadable', why: error.message };
    }
  }

  /**
   * Services first, then the addresses and events of the newest few of them. A list that cannot be read is named as
   * incomplete, and the others are told.
   * @param lists what is asked for besides the services
   * @returns `undefined` where the trail is not to be had
   * @throws CloudError where the services cannot be read, without which nothing else can be asked for
   */
  async traces(
    AccessKey: string,
    lists: readonly ('addresses' | 'events')[] = ['addresses', 'events'],
  ): Promise<KeyTraces | undefined> {
    const action = 'GetAccessKeyLastUsedProducts';
    const answer = await this.#orAbsent(action, () =>
      this.#rpc.call(action, glance, { AccessKey }, productsAnswer),
    );
    if (!answer) return undefined;
    const services = newestFirst(
      answer.Products.map(({ ServiceName, UsedTimestamp }) => ({ what: ServiceName, at: UsedTimestamp })),
    );
    const asked = services.slice(0, servicesAsked).map(({ what }) => ({ AccessKey, ServiceName: what }));
    const [addresses, events] = await Promise.all([
      this.#ofEach(lists.includes('addresses') ? asked : [], (params) => this.#addresses(params)),
      this.#ofEach(lists.includes('events') ? asked : [], (params) => this.#events(params)),
    ]);
    return {
      services: services.slice(0, listed),
      addresses: addresses.sightings,
      events: events.sightings,
      incomplete: {
        ...(addresses.why && { addresses: addresses.why }),
        ...(events.why && { events: events.why }),
      },
    };
  }

  #addresses(params: Params): Promise<Sighting[] | undefined> {
    const action = 'GetAccessKeyLastUsedIps';
    return this.#orAbsent(action, () =>
      markedList(this.#rpc, {
        action,
        params: { ...params, PageSize: pageSize },
        shape: addressesAnswer,
        entriesOf: ({ Ips }) => Ips.map(({ Ip, UsedTimestamp }) => ({ what: Ip, at: UsedTimestamp })),
        marker: 'NextToken',
        kind: glance,
      }),
    );
  }

  #events(params: Params): Promise<Sighting[] | undefined> {
    const action = 'GetAccessKeyLastUsedEvents';
    return this.#orAbsent(action, () =>
      markedList(this.#rpc, {
        action,
        params: { ...params, PageSize: pageSize },
        shape: eventsAnswer,
        entriesOf: ({ Events }) =>
          Events.map(({ EventName, UsedTimestamp }) => ({ what: EventName, at: UsedTimestamp })),
        marker: 'NextToken',
        kind: glance,
      }),
    );
  }

  async #ofEach(
    asked: readonly Params[],
    ask: (params: Params) => Promise<Sighting[] | undefined>,
  ): Promise<{ sightings: Sighting[]; why?: string }> {
    const results = await Promise.allSettled(asked.map(ask));
    const sightings: Sighting[] = [];
    const whys: string[] = [];
    for (const result of results) {
      if (result.status === 'fulfilled' && result.value) sightings.push(...result.value);
      else whys.push(result.status === 'fulfilled' ? notToBeHad : messageOf(result.reason));
    }
    const [why] = whys;
    return { sightings: newestFirst(sightings).slice(0, listed), ...(why && { why }) };
  }

  async #orAbsent<T>(action: string, ask: () => Promise<T>): Promise<T | undefined> {
    const { absent, notes } = this.#memory;
    if (absent.has(action)) return undefined;
    try {
      return await ask();
    } catch (error) {
      if (!isAbsent(error)) throw error;
      absent.add(action);
      notes.add(
        `ActionTrail is not read in account ${this.#gate.account}; RAM tells of last uses: ${error.message}`,
      );
      return undefined;
    }
  }

  #readUse({ UsedTimestamp: stamp, ServiceName }: z.output<typeof lastUsedAnswer>): LastUse {
    if (stamp === undefined || stamp === null || stamp === 0 || stamp === '') return { kind: 'never' };
    const at = instantOf(stamp);
    if (!at) return { kind: 'unreadable', why: 'ActionTrail tells a time that is none' };
    return readLastUse(at.toISO(), ServiceName, this.#gate.clock.now());
  }
}

const notToBeHad = 'ActionTrail does not tell it to this account or role';

/** Refused for good, or nobody there: the account, the region or the role goes without. */
const isAbsent = (error: unknown): error is CloudError =>
  isRefusedForGood(error) || isCode(error, ...unreachable);

function messageOf(error: unknown): string {
  if (error instanceof CloudError || error instanceof DeadlineError) return error.message;
  throw error;
}

function instantOf(stamp: unknown): DateTime | undefined {
  if (typeof stamp !== 'number' || !Number.isSafeInteger(stamp) || stamp <= 0) return undefined;
  const at = DateTime.fromMillis(stamp, { zone: 'utc' });
  return at.isValid ? at : undefined;
}

/** Of what was seen more than once, the newest. */
function newestFirst(sightings: readonly Sighting[]): Sighting[] {
  const newest = new Map<string, Sighting>();
  for (const each of sightings.toSorted((a, b) => b.at.toMillis() - a.at.toMillis())) {
    if (!newest.has(each.what)) newest.set(each.what, each);
  }
  return [...newest.values()];
}
