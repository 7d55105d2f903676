import { createHmac } from 'node:crypto';
import { revealSecret } from '../cloud/secret';
import type { Channel, ChannelDeps, ChannelRef, ConfigOf } from './channel';
import { chatChannel, resultCode } from './chat';
import { messageFor } from './message';
import { feishuText, render } from './text';

/** Feishu Open Platform documentation, "Custom bot usage guide". */
const HINTS = {
  9499: 'a body that it does not understand',
  11232: 'too many messages',
  19021: 'the signature: check the secret and the clock',
  19022: "this address is not on the bot's list",
  19024: "none of the bot's keywords is in the message",
};

const TEMPLATES = { info: 'blue', warning: 'orange', alarm: 'red' };

/**
 * A Feishu (or Lark) custom bot, with a card. All texts are `plain_text`, in which nothing has a meaning.
 * Format and signature: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export function feishuChannel(config: ConfigOf<'feishu'>, ref: ChannelRef, deps: ChannelDeps): Channel {
  return chatChannel(ref, deps, {
    config,
    compose(fact) {
      const message = messageFor(fact, deps.locale);
      const { title, lines, todo } = render(message, feishuText);
      const card = {
        config: { wide_screen_mode: true },
        header: { title: plain(title), template: TEMPLATES[message.tone] },
        elements: [
          ...lines.map((line) => ({ tag: 'div', text: plain(line) })),
          { tag: 'hr' },
          { tag: 'div', text: plain(todo) },
        ],
      };
      const seconds = Math.floor(deps.clock.now().toSeconds());
      return { body: { ...signature(config, seconds), msg_type: 'interactive', card } };
    },
    refusal: (answer) => resultCode(answer, ['code', 'StatusCode'], HINTS),
  });
}

const plain = (content: string) => ({ tag: 'plain_text', content });

/** The key is `<seconds>\n<secret>`, and nothing is signed under it: so the documentation has it. */
function signature({ secret }: ConfigOf<'feishu'>, timestamp: number): { timestamp?: string; sign?: string } {
  if (!secret) return {};
  const sign = createHmac('sha256', `${timestamp}\n${revealSecret(secret)}`).digest('base64');
  return { timestamp: String(timestamp), sign };
}
