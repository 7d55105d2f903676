import type { Channel, ChannelDeps, ChannelRef, ConfigOf } from './channel';
import { chatChannel, resultCode } from './chat';
import { messageFor } from './message';
import { markdownText, render } from './text';

/** WeCom developer documentation, "Global error codes". */
const HINTS = {
  40058: 'a message that it does not understand',
  45009: 'too many messages within a minute',
  93000: 'the key in the URL is not valid, or the robot was removed',
};

/** Bytes of a markdown message; a longer one is refused. */
const LONGEST = 4096;

/**
 * A WeCom group robot, with a message of type markdown. The key in the URL is its only proof.
 * Format: https://developer.work.weixin.qq.com/document/path/91770
 */
export function wecomChannel(config: ConfigOf<'wecom'>, ref: ChannelRef, deps: ChannelDeps): Channel {
  return chatChannel(ref, deps, {
    config,
    compose(fact) {
      const { title, lines, todo } = render(messageFor(fact, deps.locale), markdownText);
      const contentOf = (shown: string[]) => [`**${title}**`, ...shown, `> ${todo}`].join('\n');
      while (lines.length > 0 && Buffer.byteLength(contentOf(lines)) > LONGEST) lines.pop();
      return { body: { msgtype: 'markdown', markdown: { content: contentOf(lines) } } };
    },
    refusal: (answer) => resultCode(answer, ['errcode'], HINTS),
  });
}
