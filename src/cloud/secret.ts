import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const contents = new WeakMap<Secret, string>();

/**
 * The secret half of an AccessKey. It has no enumerable content: printing, interpolating, serialising or
 * inspecting it gives a placeholder. Only the KMS adapter and the signer call `revealSecret`.
 */
export class Secret {
  constructor(value: string) {
    contents.set(this, value);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

export function revealSecret(secret: Secret): string {
  const value = contents.get(secret);
  if (value === undefined) throw new TypeError('not a Secret made by this process');
  return value;
}

/** Whether two secrets are the same, told without revealing either. */
export function sameSecret(a: Secret, b: Secret): boolean {
  const [one, other] = [a, b].map((secret) => createHash('sha256').update(revealSecret(secret)).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
