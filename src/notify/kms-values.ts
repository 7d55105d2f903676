import { CloudError } from '../cloud/error';
import { revealSecret, Secret } from '../cloud/secret';
import type { Channel as ChannelConfig } from '../config/schema';
import { KmsReference, shortestSecret } from '../config/values';
import type { ChannelDeps, ChannelValues } from './channel';
import { DeliveryError } from './delivery-error';

export function hasValues(config: ChannelConfig): config is ChannelValues {
  return !Object.values(config).some((value) => value instanceof KmsReference);
}

/** The configuration with what lies in KMS. @throws DeliveryError where a secret cannot be read, or is of no use */
export async function readValues(
  config: ChannelConfig,
  { readSecret }: Pick<ChannelDeps, 'readSecret'>,
): Promise<ChannelValues> {
  const read = async ([field, value]: [string, unknown]) => {
    if (!(value instanceof KmsReference)) return [field, value];
    if (!readSecret) throw new DeliveryError('not sent: no credentials to read KMS', { retryable: false });
    const secret = await readSecret(value.secretName).catch((error: unknown) => {
      throw unread(value, error);
    });
    return [field, field === 'url' ? urlIn(secret, value) : signingKeyIn(secret, value)];
  };
  return Object.fromEntries(await Promise.all(Object.entries(config).map(read)));
}

function unread({ secretName }: KmsReference, error: unknown): DeliveryError {
  if (!(error instanceof CloudError)) return unusable(secretName, 'cannot be read');
  const retryable = error.retryable || error.outcome === 'unknown';
  return new DeliveryError(`the KMS secret ${secretName} cannot be read (${error.code})`, { retryable });
}

function urlIn(secret: Secret, { secretName }: KmsReference): string {
  const text = revealSecret(secret).trim();
  if (URL.canParse(text)) return text;
  throw unusable(secretName, 'is no URL');
}

/** A line break at its end is none of it: editors put one there. */
function signingKeyIn(secret: Secret, { secretName }: KmsReference): Secret {
  const text = revealSecret(secret).trim();
  if (text.length >= shortestSecret) return new Secret(text);
  throw unusable(secretName, `has fewer than ${shortestSecret} characters`);
}

const unusable = (name: string, why: string) =>
  new DeliveryError(`not sent: the KMS secret ${name} ${why}`, { retryable: false });
