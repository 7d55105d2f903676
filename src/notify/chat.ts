import type { ChannelDeps, Deliver, Facts } from './channel';
import { DeliveryError } from './delivery-error';
import { digestFor, messageFor } from './message';
import type { Message } from './phrase';
import { isTaken, post, statusError } from './post';
import { type Escape, fitted, type RenderedMessage, render } from './text';

/** What a code of a vendor means to us. */
export interface Meaning {
  readonly hint: string;
  /** The message will not be taken as it is, so it is not sent again in this run. */
  readonly isFinal?: true;
  /** How long the vendor takes nothing. */
  readonly laterMs?: number;
}

export type Meanings = Readonly<Record<string | number, Meaning>>;

/** What a vendor's answer says: `taken`, or the code (a word, with some) with which it was refused. */
export type Verdict = 'taken' | 'unreadable' | { readonly code: string | number };

/** A message as a service gets it. A robot that is secured by a keyword takes only messages that hold it. */
export type ChatMessage = RenderedMessage & { readonly keyword: string };

/** What sets a chat service apart. */
export interface ChatService {
  readonly config: { readonly url: string; readonly allowPrivate: boolean; readonly keyword?: string };
  /** The address, where it is not the configured one. */
  address?(): URL;
  readonly escape: Escape;
  /** The JSON body, signed where the service signs bodies. */
  compose(message: ChatMessage, tone: Message['tone']): unknown;
  /** Bytes of the JSON body that the service takes. Lines are left out until it fits. */
  readonly mostBytes: number;
  judge(answer: string): Verdict;
  readonly meanings: Meanings;
}

const ownKeyword = 'keyturn';

/** A chat service answers 2xx to refusals too: only a body that says so means that the message was taken. */
export function chat(service: ChatService, { resolve, locale, timezone }: ChannelDeps): Deliver {
  const { config, mostBytes } = service;
  return (facts, signal) => {
    const message = messageOf(facts, locale);
    const { keyword = ownKeyword } = config;
    const bodyOf = (shown: RenderedMessage) =>
      JSON.stringify(service.compose({ ...shown, keyword }, message.tone));
    const shown = fitted(
      render(message, service.escape, timezone),
      (part) => Buffer.byteLength(bodyOf(part)) <= mostBytes,
    );
    const request = {
      url: service.address?.() ?? new URL(config.url),
      allowPrivate: config.allowPrivate,
      contentType: 'application/json; charset=utf-8',
      body: bodyOf(shown),
    };
    return post(request, resolve, signal, async ({ status, retryAfterMs, text }) => {
      const answer = await text();
      const verdict = answer === undefined ? 'unreadable' : service.judge(answer);
      if (isTaken(status) && verdict === 'taken') return `answered ${status}, taken`;
      throw refusal(status, verdict, service.meanings, retryAfterMs);
    });
  };
}

function messageOf(facts: Facts, locale: ChannelDeps['locale']): Message {
  return facts.length === 1 ? messageFor(facts[0], locale) : digestFor(facts, locale);
}

/** Texts of the service are not repeated, they may hold tokens. */
function refusal(
  status: number,
  verdict: Verdict,
  meanings: Meanings,
  retryAfterMs: number | undefined,
): DeliveryError {
  const code = typeof verdict === 'object' ? verdict.code : undefined;
  const meaning = code === undefined ? undefined : meanings[code];
  if (!meaning && !isTaken(status)) return statusError(status, undefined, retryAfterMs);
  const why = meaning ? ` (${meaning.hint})` : '';
  const but = code === undefined ? 'its body cannot be read' : `refused it with code ${code}${why}`;
  return new DeliveryError(`answered ${status}, but ${but}`, {
    retryable: !meaning?.isFinal,
    laterMs: meaning?.laterMs && Math.max(meaning.laterMs, retryAfterMs ?? 0),
  });
}

/** Reads the result code of a JSON answer: every one of `fields` that is there must be 0, and one must be there. */
export function resultCode(answer: string, fields: readonly string[]): Verdict {
  const body = parseObject(answer);
  const codes = fields.map((field) => body?.[field]).filter((code) => code !== undefined);
  if (codes.length === 0) return 'unreadable';
  const code = codes.find((code) => code !== 0);
  if (code === undefined) return 'taken';
  return typeof code === 'number' ? { code } : 'unreadable';
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
