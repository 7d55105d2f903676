import type { Channel, ChannelDeps, ChannelRef } from './channel';
import { DeliveryError } from './delivery-error';
import type { Fact } from './fact';
import { post } from './post';

/** What sets a chat service apart. */
export interface ChatService {
  config: { url: string; allowPrivate: boolean };
  /** The address and the JSON body for a fact, signed. */
  compose(fact: Fact): { url?: URL; body: unknown };
  /** Why an answer with a 2xx status means that the message was refused; undefined where it was taken. */
  refusal(answer: string): string | undefined;
}

/** A chat service answers 2xx to refusals too: only a body that says so means that the message was taken. */
export function chatChannel(ref: ChannelRef, { resolve }: ChannelDeps, service: ChatService): Channel {
  const { config } = service;
  return {
    ...ref,
    deliver(fact, signal) {
      const { url = new URL(config.url), body } = service.compose(fact);
      const request = {
        url,
        allowPrivate: config.allowPrivate,
        contentType: 'application/json; charset=utf-8',
        body: JSON.stringify(body),
      };
      return post(request, resolve, signal, async ({ status, text }) => {
        const answer = await text();
        const refusal = answer === undefined ? 'its body cannot be read' : service.refusal(answer);
        if (refusal) throw new DeliveryError(`answered ${status}, but ${refusal}`, { retryable: true });
        return `answered ${status}, taken`;
      });
    },
  };
}

/**
 * Reads the result code of a JSON answer: every one of `fields` that is there must be 0, and one must be there.
 * `hints` says what known codes mean. Texts of the service are not repeated, they may hold tokens.
 */
export function resultCode(
  answer: string,
  fields: string[],
  hints: Record<number, string>,
): string | undefined {
  const body = parseObject(answer);
  const codes = fields.map((field) => body?.[field]).filter((code) => code !== undefined);
  if (codes.length === 0) return 'its body cannot be read';
  const code = codes.find((code) => code !== 0);
  if (code === undefined) return undefined;
  if (typeof code !== 'number') return 'its body cannot be read';
  return `refused it with code ${code}${hints[code] ? ` (${hints[code]})` : ''}`;
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
