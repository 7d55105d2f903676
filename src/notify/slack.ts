import type { ChannelDeps, ConfigOf, Deliver } from './channel';
import { type ChatMessage, chat, type Meanings, type Verdict } from './chat';
import { slackText } from './text';

/** Slack documentation, "Sending messages using incoming webhooks", error table: words, with a status of 400 to 500. */
const meanings: Meanings = {
  rate_limited: { hint: 'too many messages', laterMs: 1_000 },
  invalid_token: { hint: 'the URL is not that of a webhook', isFinal: true },
  no_service: { hint: 'the webhook was removed or disabled', isFinal: true },
  no_team: { hint: 'the workspace is not there', isFinal: true },
  channel_not_found: { hint: 'the channel is not there', isFinal: true },
  channel_is_archived: { hint: 'the channel is archived', isFinal: true },
  action_prohibited: { hint: 'an administrator has forbidden it', isFinal: true },
  invalid_blocks: { hint: 'a message that it does not understand', isFinal: true },
  invalid_payload: { hint: 'a message that it does not understand', isFinal: true },
};

/** Slack Block Kit reference: characters of a header and of a section, blocks of a message. */
const longestHeader = 150;
const longestSection = 3_000;
const mostBlocks = 50;

/**
 * A Slack incoming webhook, with blocks. Their texts are `plain_text`; `text` is what notifications show.
 * Format: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * Escaping: https://docs.slack.dev/messaging/formatting-message-text
 */
export function slack(config: ConfigOf<'slack'>, deps: ChannelDeps): Deliver {
  const service = {
    config,
    escape: slackText,
    mostBytes: 40_000,
    compose: ({ title, lines, todo, keyword }: ChatMessage) => ({
      text: title,
      mrkdwn: false,
      blocks: [
        title.length <= longestHeader ? { type: 'header', text: plain(title) } : section(title),
        ...lines.slice(0, mostBlocks - 3).map(section),
        section(todo),
        section(keyword),
      ],
    }),
    judge: (answer: string): Verdict => {
      const word = answer.trim();
      if (word === 'ok') return 'taken';
      return Object.hasOwn(meanings, word) ? { code: word } : 'unreadable';
    },
    meanings,
  };
  return chat(service, deps);
}

const section = (text: string) => ({ type: 'section', text: plain(text.slice(0, longestSection)) });

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
