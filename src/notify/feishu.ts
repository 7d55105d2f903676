import { createHmac } from 'node:crypto';
import { revealSecret } from '../cloud/secret';
import type { ChannelDeps, ConfigOf, Deliver } from './channel';
import { type ChatMessage, chat, type Meanings, resultCode } from './chat';
import type { Message } from './phrase';
import { feishuText } from './text';

const minuteMs = 60_000;

/** Feishu Open Platform documentation, "Custom bot usage guide" and "General error codes". Some come with status 400. */
const meanings: Meanings = {
  9499: { hint: 'too many messages', laterMs: minuteMs },
  11232: { hint: 'too many messages', laterMs: minuteMs },
  19001: { hint: 'the URL is not that of a bot', isFinal: true },
  19021: { hint: 'the signature: check the secret and the clock', isFinal: true },
  19022: { hint: "this address is not on the bot's list", isFinal: true },
  19024: { hint: "none of the bot's keywords is in the message: set keyword", isFinal: true },
};

const templates = { info: 'blue', warning: 'orange', alarm: 'red' };

/**
 * A Feishu (or Lark) custom bot, with a card. All texts are `plain_text`, in which nothing has a meaning.
 * Format and signature: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export function feishu(config: ConfigOf<'feishu'>, deps: ChannelDeps): Deliver {
  const service = {
    config,
    escape: feishuText,
    // The documentation says 20 KB in one place and 30 KB in another.
    mostBytes: 20_000,
    compose: ({ title, lines, todo, keyword }: ChatMessage, tone: Message['tone']) => {
      const card = {
        config: { wide_screen_mode: true },
        header: { title: plain(title), template: templates[tone] },
        elements: [...lines.map(div), { tag: 'hr' }, div(todo), { tag: 'note', elements: [plain(keyword)] }],
      };
      const seconds = Math.floor(deps.clock.now().toSeconds());
      return { ...signature(config, seconds), msg_type: 'interactive', card };
    },
    judge: (answer: string) => resultCode(answer, ['code', 'StatusCode']),
    meanings,
  };
  return chat(service, deps);
}

const plain = (content: string) => ({ tag: 'plain_text', content });

const div = (content: string) => ({ tag: 'div', text: plain(content) });

/** The key is `<seconds>\n<secret>`, and nothing is signed under it: so the documentation has it. */
function signature({ secret }: ConfigOf<'feishu'>, timestamp: number): { timestamp?: string; sign?: string } {
  if (!secret) return {};
  const sign = createHmac('sha256', `${timestamp}\n${revealSecret(secret)}`).digest('base64');
  return { timestamp: String(timestamp), sign };
}
