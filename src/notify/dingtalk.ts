import { createHmac } from 'node:crypto';
import { revealSecret } from '../cloud/secret';
import type { ChannelDeps, ConfigOf, Deliver } from './channel';
import { type ChatMessage, chat, type Meanings, resultCode } from './chat';
import { markdownText } from './text';

/** A robot that was sent too much takes nothing for ten minutes. */
const barredMs = 600_000;

/** DingTalk Open Platform documentation, "Custom robot access", error codes. */
const meanings: Meanings = {
  130101: { hint: 'too many messages within a minute', laterMs: barredMs },
  410100: { hint: 'too many messages within a minute', laterMs: barredMs },
  300005: { hint: 'the access_token in the URL is not known', isFinal: true },
  310000: {
    hint: "the robot's security settings: check the secret, the keyword and the allowed addresses",
    isFinal: true,
  },
};

/**
 * A DingTalk custom robot, with a message of type markdown.
 * Format: https://open.dingtalk.com/document/orgapp/custom-robot-access
 * Signature: https://open.dingtalk.com/document/orgapp/customize-robot-security-settings
 */
export function dingtalk(config: ConfigOf<'dingtalk'>, deps: ChannelDeps): Deliver {
  const service = {
    config,
    address: () => signedUrl(config, deps.clock.now().toMillis()),
    escape: markdownText,
    mostBytes: 20_000,
    compose: ({ title, lines, todo, keyword }: ChatMessage) => {
      const text = [`#### ${title}`, ...lines, `> ${todo}`, keyword].join('\n\n');
      return { msgtype: 'markdown', markdown: { title, text }, at: { isAtAll: false } };
    },
    judge: (answer: string) => resultCode(answer, ['errcode']),
    meanings,
  };
  return chat(service, deps);
}

/** `sign` is the Base64 HMAC-SHA256 of `<milliseconds>\n<secret>` under the secret. */
function signedUrl({ url, secret }: ConfigOf<'dingtalk'>, timestamp: number): URL {
  const signed = new URL(url);
  if (secret) {
    const key = revealSecret(secret);
    signed.searchParams.set('timestamp', String(timestamp));
    signed.searchParams.set(
      'sign',
      createHmac('sha256', key).update(`${timestamp}\n${key}`).digest('base64'),
    );
  }
  return signed;
}
