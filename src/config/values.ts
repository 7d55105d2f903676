import { DateTime, Duration, IANAZone } from 'luxon';
import * as z from 'zod';
import { nearest } from '../base/nearest';
import { Secret } from '../cloud/secret';

/** A mapping that refuses keys it does not know, and says which one was probably meant. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const meant = nearest(String(issue.keys[0]), known);
      return meant ? `unknown key (did you mean ${meant}?)` : `unknown key (known here: ${known.join(', ')})`;
    },
  });
}

export const text = () => z.string().min(1, 'must not be empty');

class Refusal extends Error {}

/** Text that is taken apart. `parse` throws a Refusal that says what the text must be. */
function parsedBy<T>(
  parse: (text: string) => T,
  editorHints: { pattern?: string; examples?: string[] } = {},
) {
  return z
    .string()
    .meta(editorHints)
    .transform((value, context): T => {
      try {
        return parse(value);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        context.addIssue(error.message);
        return z.NEVER;
      }
    });
}

function matching(pattern: RegExp, requirement: string) {
  return z.string().regex(pattern, `must be ${requirement}`);
}

export const userName = () =>
  matching(/^[A-Za-z0-9._-]{1,64}$/, 'a RAM user name: 1 to 64 letters, digits, ".", "_" or "-"');

export const groupName = () =>
  matching(/^[A-Za-z0-9._-]{1,64}$/, 'a RAM group name: 1 to 64 letters, digits, ".", "_" or "-"');

export const accountId = () => matching(/^\d+$/, 'an Alibaba Cloud account id: digits only');

/** The region becomes part of host names, so nothing else than a region may pass. */
/** Roles are named after it: RAM takes 64 characters, fc3 lower case alone. */
export const deployment = () =>
  matching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, 'lower-case letters, digits and -, such as keyturn');

export const region = () => matching(/^[a-z]{2}(-[a-z0-9]+)+$/, 'a region id such as cn-hangzhou');

/** A value that lies in a secret of KMS and is read from there when it is needed. */
export class KmsReference {
  constructor(readonly secretName: string) {}

  /** As a person writes it. */
  toString(): string {
    return `\${kms:${this.secretName}}`;
  }
}

const kmsReference = /^\$\{kms:([A-Za-z0-9_/+=.@-]{1,192})\}$/;

function referenceIn(value: string): KmsReference | undefined {
  const [, name] = kmsReference.exec(value) ?? [];
  if (name) return new KmsReference(name);
  if (value.includes('${kms:'))
    throw new Refusal('names a KMS secret as "${kms:NAME}", with nothing around it');
  return undefined;
}

/** A secret that a person can guess signs nothing. */
export const shortestSecret = 16;

export const secret = () =>
  parsedBy((value): Secret | KmsReference => {
    const reference = referenceIn(value);
    if (reference) return reference;
    if (value.length >= shortestSecret) return new Secret(value);
    throw new Refusal(
      `must be at least ${shortestSecret} characters: let a generator of passwords make another one`,
    );
  }).describe('The secret that signs what is sent. Best given as ${kms:NAME} or ${env:NAME}.');

export const wholeNumber = (most?: number) => {
  const error =
    most === undefined ? 'must be a whole number of at least 1' : `must be a whole number from 1 to ${most}`;
  const number = z.int({ error }).min(1, error);
  return most === undefined ? number : number.max(most, error);
};

export type Share =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** A number, or a share of a whole such as `10%`. */
export const countOrPercent = () => {
  const error = 'must be a whole number of at least 1, or a percentage such as "10%"';
  const percentage = z.string().regex(/^(100|[1-9]?\d(\.\d+)?)%$/, error);
  return z.union([z.int(error).min(1, error), percentage], { error }).transform((value, context): Share => {
    if (typeof value === 'number') return { kind: 'count', count: value };
    const percent = Number.parseFloat(value);
    if (percent > 0) return { kind: 'percent', percent };
    context.addIssue('must be more than 0%');
    return z.NEVER;
  });
};

const longest = Duration.fromObject({ years: 100 });

/** An ISO 8601 duration of more than zero. Calendar units (`P1M`) are kept as they are. */
export const duration = (least?: { readonly duration: string; readonly because: string }) =>
  parsedBy(
    (value): Duration => {
      const parsed = Duration.fromISO(value);
      if (!parsed.isValid) throw new Refusal('must be an ISO 8601 duration such as P90D or PT24H');
      const parts = Object.values(parsed.toObject());
      if (parts.some((part) => part < 0) || parsed.toMillis() <= 0)
        throw new Refusal('must be longer than zero');
      if (parsed.toMillis() > longest.toMillis()) throw new Refusal('must be at most P100Y');
      if (least && parsed.toMillis() < Duration.fromISO(least.duration).toMillis())
        throw new Refusal(`must be at least ${least.duration}, as ${least.because}`);
      return parsed;
    },
    { pattern: '^P[0-9.,YMWDTHS]+$', examples: ['P90D', 'PT24H'] },
  );

/** A name of the IANA database; `UTC` too. */
export const timeZone = () =>
  z.string().refine((name) => IANAZone.isValidZone(name), 'must be a time zone such as Asia/Shanghai');

/** A day, meant to its very end in UTC: the moment at which it is over. */
export const endOfDay = () =>
  parsedBy(
    (value): DateTime => {
      const day = DateTime.fromFormat(value, 'yyyy-MM-dd', { zone: 'utc', locale: 'en-US' });
      if (!day.isValid) throw new Refusal('must be a real date such as 2027-06-30');
      return day.plus({ days: 1 });
    },
    { pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2027-06-30'] },
  );

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function safeUrl(value: string, form: string): URL {
  if (!URL.canParse(value)) throw new Refusal(`must be ${form}`);
  const url = new URL(value);
  if (url.username || url.password) throw new Refusal('must not hold a user name or password');
  if (url.protocol === 'https:') return url;
  if (url.protocol !== 'http:') throw new Refusal('must begin with https://');
  if (loopback.test(url.hostname)) return url;
  throw new Refusal('must begin with https:// (http:// is for loopback addresses only)');
}

/** Where a channel sends to. Such URLs often carry a token, so they are never echoed, and may lie in KMS. */
export const channelUrl = () =>
  parsedBy(
    (value): string | KmsReference =>
      referenceIn(value) ?? safeUrl(value, 'a URL that begins with https://').href,
    { pattern: '^(https?://|\\$\\{kms:)' },
  );

export interface Endpoint {
  readonly protocol: 'http' | 'https';
  /** `host` or `host:port`. */
  readonly host: string;
}

/** `host[:port]`, or a URL without a path. */
export const endpoint = () =>
  parsedBy((value): Endpoint => {
    const form = 'host, host:port or a URL without a path';
    const url = safeUrl(value.includes('://') ? value : `https://${value}`, form);
    if (url.pathname !== '/' || url.search || url.hash) throw new Refusal(`must be ${form}`);
    return { protocol: url.protocol === 'http:' ? 'http' : 'https', host: url.host };
  });

export interface FunctionTarget {
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  readonly functionName: string;
  /** Only functions of Function Compute 2.0 live in a service. */
  readonly service?: { readonly name: string; readonly qualifier?: string };
}

const functionArn =
  /^acs:fc:([a-z]{2}(?:-[a-z0-9]+)+):(\d+):(?:services\/([A-Za-z_][\w-]*)(?:\.([\w-]+))?\/)?functions\/([A-Za-z_][\w-]*)$/;

export const functionTarget = () =>
  parsedBy(
    (arn): FunctionTarget => {
      const [, region, account, service, qualifier, functionName] = functionArn.exec(arn) ?? [];
      if (!region || !account || !functionName)
        throw new Refusal(
          'must be acs:fc:REGION:ACCOUNT:functions/NAME or acs:fc:REGION:ACCOUNT:services/SERVICE[.QUALIFIER]/functions/NAME',
        );
      return {
        arn,
        region,
        account,
        functionName,
        ...(service && { service: { name: service, qualifier } }),
      };
    },
    { pattern: functionArn.source },
  );

const placeholder = '{userName}';
const longestUserName = 64;
const accountPlaceholder = '{account}';
const longestAccountId = 16;
const longestFixed = 192 - longestUserName;

/** A name for the secret of every user, perhaps with its account. KMS takes 192 characters of `A-Za-z0-9_/+=.@-`, not under `acs/`. */
export const secretName = () =>
  parsedBy(
    (template) => {
      const [before = '', after, another] = template.split(placeholder);
      if (after === undefined || another !== undefined)
        throw new Refusal(`must contain ${placeholder} once, so that every user has a secret`);
      const [start = '', end = '', secondAccount] = (before + after).split(accountPlaceholder);
      if (secondAccount !== undefined)
        throw new Refusal(`must not contain ${accountPlaceholder} more than once`);
      const fixed = start + end;
      if (!/^[A-Za-z0-9_/+=.@-]*$/.test(fixed))
        throw new Refusal(
          `may hold, besides ${placeholder} and ${accountPlaceholder}, only letters, digits and _ / + = . @ -`,
        );
      if (before.startsWith('acs/'))
        throw new Refusal("must not begin with acs/, which is Alibaba Cloud's own");
      const room = template.includes(accountPlaceholder) ? longestFixed - longestAccountId : longestFixed;
      if (fixed.length > room)
        throw new Refusal(`must be at most ${room} characters besides its placeholders`);
      return template;
    },
    { pattern: '\\{userName\\}' },
  );
