const REMOVED = '[removed]';

/** A percent sign, however often it was encoded again: `%`, `%25`, `%2525`. */
const PERCENT = '%(?:25)*';
const QUOTES = `(?:["'\\\\]|${PERCENT}(?:22|27|5C))*`;
const EQUALS = `(?:=|:|${PERCENT}3[ADad])`;
const WORD_START = `(?:(?<![a-z0-9_])|(?<=${PERCENT}[0-9a-f]{2}))`;
const VALUE = `[^\\s&"'\\\\,;<>{}]+`;

const SENSITIVE = [
  'signature',
  '(?:x-acs-)?security[-_]?token',
  'x-acs-bearer-token',
  'secret[-_]?data',
  '(?:access[-_]?key[-_]?|client[-_]?)?secret(?:[-_]?key|[-_]?access[-_]?key)?',
  '(?:new|old)?password',
  'access[-_]?token',
  'sign',
].join('|');

/** `POST /?Action=…`, `https://host/path?a=b`: what follows the question mark. */
const queries = /\?[^\s=]*=\S*/g;
const logins = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]+@/gi;
/** An Authorization header has several comma separated parts, so all of its line goes. */
const authorizations = /\b(authorization)["'\\]*\s*[:=][^\r\n]*/gi;
/** Gateways echo what they signed, and it holds every parameter. Nothing after it is of use. */
const stringsToSign = /\b(string[\s_-]*to[\s_-]*sign|canonical[\s_-]*request)\b[\s\S]*$/i;
const parameters = new RegExp(
  `${WORD_START}(${SENSITIVE})(${QUOTES}\\s*${EQUALS}\\s*${QUOTES})(?!${QUOTES}\\[removed\\])(${VALUE})`,
  'gi',
);

/**
 * Takes out of a text what must never reach a log, an error or a report: queries and logins of URLs, signatures,
 * tokens, secrets and echoed strings to sign, as plain text, in JSON or URL-encoded.
 */
export function scrub(text: string): string {
  return text
    .replace(stringsToSign, `$1 ${REMOVED}`)
    .replace(authorizations, `$1: ${REMOVED}`)
    .replace(logins, `$1${REMOVED}@`)
    .replace(queries, `?${REMOVED}`)
    .replace(parameters, (all, name, separator, value) =>
      isProse(separator, value) ? all : `${name}${separator}${REMOVED}`,
    );
}

/** "There is no secret: its …" is a sentence. No secret of the cloud is a short word of letters alone. */
function isProse(separator: string, value: string): boolean {
  return /^:\s+$/.test(separator) && /^[a-z]{1,15}[.!?]?$/i.test(value);
}
