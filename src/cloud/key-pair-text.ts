import type { DateTime } from 'luxon';
import { z } from 'zod';
import { isoSeconds } from '../base/time';
import type { KeyPair } from './credentials';
import { readInstant } from './instant';
import { revealSecret, Secret } from './secret';

/** A pair as it is kept in KMS. A person's own secret may lack the time. */
export interface StoredPair extends KeyPair {
  readonly generatedAt?: DateTime;
}

const wire = z.object({
  AccessKeyId: z.string().min(1),
  AccessKeySecret: z.string().min(1),
  GenerateTimestamp: z.unknown().optional(),
});

/** The text that Alibaba Cloud's own consumers of RAM secrets parse: flat JSON, times in whole seconds. */
export function textOfPair(pair: KeyPair, generatedAt: DateTime): string {
  return JSON.stringify({
    AccessKeyId: pair.keyId,
    AccessKeySecret: revealSecret(pair.secret),
    GenerateTimestamp: isoSeconds(generatedAt),
  });
}

/** `undefined` where the text is not JSON with both halves of a key. Why it is not could quote it, so that stays here. */
export function pairFromText(text: string): StoredPair | undefined {
  const parsed = wire.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const { AccessKeyId, AccessKeySecret, GenerateTimestamp } = parsed.data;
  return {
    keyId: AccessKeyId,
    secret: new Secret(AccessKeySecret),
    generatedAt: typeof GenerateTimestamp === 'string' ? readInstant(GenerateTimestamp) : undefined,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
