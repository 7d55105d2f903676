import { createHash } from 'node:crypto';
import type { Fact } from './fact';

/** What is told of a channel to people and to the record. */
export interface ChannelRef {
  /** Six characters of [0-9a-z], the same as long as type and address are the same. It reveals neither. */
  readonly id: string;
  /** For people: type and position in the configuration, `slack #2`. */
  readonly label: string;
}

export interface Channel extends ChannelRef {
  /**
   * Delivers once, and says what came back in a few words that hold no secret. Throws a DeliveryError where the
   * receiver has not taken the fact for certain.
   */
  deliver(fact: Fact, signal: AbortSignal): Promise<string>;
}

const ID_LENGTH = 6;

export function channelRef(type: string, address: string, position: number): ChannelRef {
  const digest = createHash('sha256').update(`${type}\n${address}`).digest();
  const id = (digest.readBigUInt64BE() % 36n ** BigInt(ID_LENGTH)).toString(36).padStart(ID_LENGTH, '0');
  return { id, label: `${type} #${position}` };
}
