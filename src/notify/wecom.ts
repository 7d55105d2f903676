import type { ChannelDeps, ConfigOf, Deliver } from './channel';
import { type ChatMessage, chat, type Meanings, resultCode } from './chat';
import { markdownText } from './text';

const minuteMs = 60_000;

/** WeCom developer documentation, "Global error codes". */
const meanings: Meanings = {
  40058: { hint: 'a message that it does not understand', isFinal: true },
  45009: { hint: 'too many messages within a minute', laterMs: minuteMs },
  93000: { hint: 'the key in the URL is not valid, or the robot was removed', isFinal: true },
};

/**
 * A WeCom group robot, with a message of type markdown. The key in the URL is its only proof. The vendor counts the
 * bytes of the content, 4,096 at most, so those of the whole body are counted here.
 * Format: https://developer.work.weixin.qq.com/document/path/91770
 */
export function wecom(config: ConfigOf<'wecom'>, deps: ChannelDeps): Deliver {
  const service = {
    config,
    escape: markdownText,
    mostBytes: 4_096,
    compose: ({ title, lines, todo, keyword }: ChatMessage) => ({
      msgtype: 'markdown',
      markdown: { content: [`**${title}**`, ...lines, `> ${todo}`, keyword].join('\n') },
    }),
    judge: (answer: string) => resultCode(answer, ['errcode']),
    meanings,
  };
  return chat(service, deps);
}
