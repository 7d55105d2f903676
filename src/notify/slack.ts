import type { Channel, ChannelDeps, ChannelRef, ConfigOf } from './channel';
import { chatChannel } from './chat';
import { messageFor } from './message';
import { render, slackText } from './text';

/**
 * A Slack incoming webhook, with blocks. Their texts are `plain_text`; `text` is what notifications show.
 * Format: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * Escaping: https://docs.slack.dev/messaging/formatting-message-text
 */
export function slackChannel(config: ConfigOf<'slack'>, ref: ChannelRef, deps: ChannelDeps): Channel {
  return chatChannel(ref, deps, {
    config,
    compose(fact) {
      const { title, lines, todo } = render(messageFor(fact, deps.locale), slackText);
      return {
        body: {
          text: title,
          mrkdwn: false,
          blocks: [
            title.length <= LONGEST_HEADER ? { type: 'header', text: plain(title) } : section(title),
            ...lines.map(section),
            section(todo),
          ],
        },
      };
    },
    refusal: (answer) => (answer.trim() === 'ok' ? undefined : 'its body is not ok'),
  });
}

/** In characters (Slack Block Kit reference, header block). */
const LONGEST_HEADER = 150;

const section = (text: string) => ({ type: 'section', text: plain(text) });

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
