/** A piece of the page in which every text from outside has been escaped. Only `html` and `verbatim` make one. */
export class Markup {
  constructor(readonly source: string) {}
}

export type Piece = string | number | Markup | undefined | readonly Piece[];

/** Escapes what is put in, unless it is markup itself. Attributes must be in double quotes. */
export function html(template: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(template.reduce((source, text, index) => source + sourceOf(pieces[index - 1]) + text));
}

/** For the page's own style sheet. Nothing from outside may get in here. */
export const verbatim = (source: string): Markup => new Markup(source);

function sourceOf(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.source;
  if (Array.isArray(piece)) return piece.map(sourceOf).join('');
  return visible(String(piece)).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Emoji and some scripts need the two zero-width joiners; tabs and line feeds are blanks. */
const invisible = /(?![\t\n]|\u200C|\u200D)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/** Names what cannot be seen, such as control characters and those that turn the direction of a text. */
export const visible = (text: string): string =>
  text.replace(
    invisible,
    (character) => `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
  );
