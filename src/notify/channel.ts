import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock';
import type { Credentials } from '../cloud/credentials';
import type { Secret } from '../cloud/secret';
import type { Channel as ChannelConfig } from '../config/schema';
import type { Endpoint, KmsReference } from '../config/values';
import type { Resolve } from './address';
import type { Fact } from './fact';
import type { Locale } from './message';
import type { Packing } from './parcel';
import type { RateLimit } from './send-rate';

type WithValues<C> = C extends ChannelConfig ? { [K in keyof C]: Exclude<C[K], KmsReference> } : never;

/** A channel's configuration once what lies in KMS has been read. */
export type ChannelValues = WithValues<ChannelConfig>;

export type ConfigOf<T extends ChannelConfig['type']> = Extract<ChannelValues, { type: T }>;

/** What channels need besides their configuration. */
export interface ChannelDeps {
  clock: Clock;
  locale: Locale;
  /** In which messages for people tell times; of the IANA database. */
  timezone: string;
  resolve: Resolve;
  functions?: FunctionCalls;
  /** The value of a KMS secret; needed where the configuration names one. */
  readSecret?: (name: string) => Promise<Secret>;
}

/** What it takes to call functions. */
export interface FunctionCalls {
  /** Asked before every call, since credentials expire. */
  credentials(): Credentials | Promise<Credentials>;
  /** Instead of the target account's own host in the target's region. */
  endpoint?: Endpoint;
}

/** What is told of a channel to people and to the record. */
export interface ChannelRef {
  /** Six characters of [0-9a-z], the same as long as type and address are the same. It reveals neither. */
  readonly id: string;
  /** For people: type and position in the configuration, `slack #2`. */
  readonly label: string;
}

export type Facts = readonly [Fact, ...Fact[]];

/**
 * Sends one message with these facts, and says what came back in a few words that hold no secret. Throws a
 * DeliveryError where the receiver has not taken them for certain.
 */
export type Deliver = (facts: Facts, signal: AbortSignal) => Promise<string>;

export interface Channel extends ChannelRef {
  readonly packing: Packing;
  readonly limit: RateLimit;
  /** Messages under way at the same time. */
  readonly atOnce: number;
  readonly deliver: Deliver;
}

const ID_LENGTH = 6;

export function channelRef(type: string, address: string, position: number): ChannelRef {
  const digest = createHash('sha256').update(`${type}\n${address}`).digest();
  const id = (digest.readBigUInt64BE() % 36n ** BigInt(ID_LENGTH)).toString(36).padStart(ID_LENGTH, '0');
  return { id, label: `${type} #${position}` };
}
