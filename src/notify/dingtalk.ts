import { createHmac } from 'node:crypto';
import { revealSecret } from '../cloud/secret';
import type { Channel, ChannelDeps, ChannelRef, ConfigOf } from './channel';
import { chatChannel, resultCode } from './chat';
import { messageFor } from './message';
import { markdownText, render } from './text';

/** DingTalk Open Platform documentation, "Custom robot access", error codes. */
const HINTS = {
  130101: 'too many messages within a minute',
  310000: "the robot's security settings: check the secret, the keywords and the allowed addresses",
};

/**
 * A DingTalk custom robot, with a message of type markdown.
 * Format: https://open.dingtalk.com/document/orgapp/custom-robot-access
 * Signature: https://open.dingtalk.com/document/orgapp/customize-robot-security-settings
 */
export function dingtalkChannel(config: ConfigOf<'dingtalk'>, ref: ChannelRef, deps: ChannelDeps): Channel {
  return chatChannel(ref, deps, {
    config,
    compose(fact) {
      const { title, lines, todo } = render(messageFor(fact, deps.locale), markdownText);
      const text = [`#### ${title}`, ...lines, `> ${todo}`].join('\n\n');
      return {
        url: signedUrl(config, deps.clock.now().toMillis()),
        body: { msgtype: 'markdown', markdown: { title, text }, at: { isAtAll: false } },
      };
    },
    refusal: (answer) => resultCode(answer, ['errcode'], HINTS),
  });
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
