import type { Message, Outside, Phrase } from './phrase';

/** The most characters of one text from outside that a message for people shows. */
const LONGEST = 160;

/** Makes a text from outside harmless in one format. */
export type Escape = (text: string) => string;

export interface RenderedMessage {
  readonly title: string;
  readonly lines: readonly string[];
  readonly todo: string;
  /** Stands for this many lines that are left out; empty where nothing need be said of them. */
  readonly more: (left: number) => readonly string[];
}

/** @param zone of the IANA database; times are written in it */
export function render(message: Message, harmless: Escape, zone: string): RenderedMessage {
  const text = (outside: Outside = '') => harmless(typeof outside === 'string' ? outside : outside(zone));
  const write = ({ words, outside }: Phrase) =>
    words.map((word, index) => (index === 0 ? word : text(outside[index - 1]) + word)).join('');
  const { title, lines, todo, more } = message;
  return {
    title: write(title),
    lines: lines.map(write),
    todo: write(todo),
    more: (left) => (more ? [write(more(left))] : []),
  };
}

/** The message with as many of its lines as fit, the first ones. */
export function fitted(
  message: RenderedMessage,
  fits: (message: RenderedMessage) => boolean,
): RenderedMessage {
  const { lines, more } = message;
  for (let shown = lines.length; ; shown -= 1) {
    const left = lines.length - shown;
    const part = { ...message, lines: [...lines.slice(0, shown), ...(left > 0 ? more(left) : [])] };
    if (shown === 0 || fits(part)) return part;
  }
}

/**
 * One line of visible characters: line breaks and control characters become spaces, characters that hide or turn
 * text go, and neither a mention nor a link is made of it.
 */
export function plainText(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
    .trim();
  const characters = [...line];
  const short = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : line;
  return short
    .replaceAll('@', '＠')
    .replaceAll('://', '：//')
    .replace(/(?<![A-Za-z0-9])www\./gi, 'www．');
}

/** Plain text whose characters with a meaning in Markdown or HTML give way to their full-width likenesses. */
export function markdownText(text: string): string {
  return plainText(text)
    .replace(/[<>[\]*`~\\|&]/g, fullWidth)
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿');
}

/** Plain text without angle brackets: that is how Feishu writes mentions and links. */
export function feishuText(text: string): string {
  return plainText(text).replace(/[<>]/g, fullWidth);
}

/** `&`, `<` and `>` are what Slack gives a meaning to; mentions and links are made of them. */
export function slackText(text: string): string {
  return plainText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The full-width forms of the printable ASCII characters follow in the same order. */
function fullWidth(char: string): string {
  return String.fromCharCode(char.charCodeAt(0) + 0xff01 - 0x21);
}
