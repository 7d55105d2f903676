/** What the actions on KMS secrets share: names, permissions, look-up. */
import { secretNamed } from '../account/secrets';
import { type CloudError, refusal } from '../errors';
import type { Call, Product } from '../product';
import type { Secret } from '../state';

const SECRET_NAME = /^[A-Za-z0-9_/+=.@-]{1,192}$/;

export function invalid(name: string): CloudError {
  return refusal('InvalidParameter', `The specified parameter "${name}" is not valid.`);
}

/** SecretName, which may be an ARN of this account. What KMS named after a user may have any letters. */
export function secretName(call: Call): string {
  const given = call.params.required('SecretName');
  const prefix = `acs:kms:${call.cloud.region}:${call.account.id}:secret/`;
  const name = given.startsWith(prefix) ? given.slice(prefix.length) : given;
  if (!SECRET_NAME.test(name) && !call.account.secrets.has(name)) throw invalid('SecretName');
  return name;
}

export function secretOf(call: Call): Secret {
  const secret = secretNamed(call.account, secretName(call));
  if (!secret) throw refusal('Forbidden.ResourceNotFound');
  return secret;
}

/** The secret, if it is neither absent nor waiting for its deletion. */
export function usableSecret(call: Call): Secret {
  const secret = secretOf(call);
  if (secret.plannedDeleteTime !== undefined) throw refusal('Rejected.ResourceInDeleteWindow');
  return secret;
}

/** What a KMS call is about. */
export const kmsSubjects: Product['subjects'] = {
  secret: (call) => {
    if (call.params.get('ResourceType') === undefined) return [secretName(call)];
    const names = call.params.list('ResourceId');
    return names.length > 0 ? names : ['*'];
  },
  /** The customer's own key that a secret is encrypted with, where it is with one. */
  key: (call) => {
    const keyId =
      call.params.get('EncryptionKeyId') ?? secretNamed(call.account, secretName(call))?.encryptionKeyId;
    return keyId === undefined ? [] : [keyId];
  },
};

/** A parameter that holds JSON text. */
export function jsonParam(call: Call, name: string): unknown {
  const text = call.params.get(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(name);
  }
}
