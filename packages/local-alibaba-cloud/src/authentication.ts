import { timingSafeEqual } from 'node:crypto';
import { recordUse } from './account/key-use';
import { refusal } from './errors';
import type { Principal, Product } from './product';
import type { Request } from './request';
import { signV1, stringToSignV1 } from './signature-v1';
import { parseAuthorization, sha256, signV3, stringToSign, V3, type V3Request } from './signature-v3';
import type { AccessKey, AccountState, CloudState, RootKey } from './state';
import { MINUTE, parseWireTime } from './time';

const WINDOW = 15 * MINUTE;
const ALWAYS_SIGNED = ['host', 'x-acs-action', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-version'];

/** What a request says of who signed it, before anything is verified. */
export interface Claim {
  accessKeyId: string;
  securityToken: string | undefined;
  signature: string;
  /** `2026-11-23T19:07:22Z` */
  date: string | undefined;
  nonce: string | undefined;
  /** The signature that the secret gives, and the text that it signs. */
  expected: (accessKeySecret: string) => string;
  signed: () => string;
}

/** The claim of a request signed with V3 or V1; undefined where it is not signed. */
export function claimOf(request: Request): Claim | undefined {
  return request.headers.authorization?.startsWith(V3) ? claimV3(request) : claimV1(request);
}

function claimV3({ method, path, query, headers, body }: Request): Claim | undefined {
  const authorization = parseAuthorization(headers.authorization ?? '');
  if (!authorization) return undefined;
  const { accessKeyId, signedHeaders, signature } = authorization;
  if (!ALWAYS_SIGNED.every((name) => signedHeaders.includes(name))) return undefined;
  const signing: V3Request = { method, path, query, headers, signedHeaders, bodyHash: sha256(body) };
  return {
    accessKeyId,
    signature,
    securityToken: headers['x-acs-security-token'] || undefined,
    date: headers['x-acs-date'],
    nonce: headers['x-acs-signature-nonce'],
    expected: (secret) => signV3(signing, secret),
    signed: () => stringToSign(signing),
  };
}

function claimV1({ method, query, form }: Request): Claim | undefined {
  const params = { ...query, ...form };
  const { AccessKeyId, Signature } = params;
  if (!AccessKeyId || !Signature) return undefined;
  if (params.SignatureMethod !== 'HMAC-SHA1' || params.SignatureVersion !== '1.0') return undefined;
  return {
    accessKeyId: AccessKeyId,
    signature: Signature,
    securityToken: params.SecurityToken || undefined,
    date: params.Timestamp,
    nonce: params.SignatureNonce,
    expected: (secret) => signV1(method, params, secret),
    signed: () => stringToSignV1(method, params),
  };
}

/** Nonces of the last quarter of an hour, at least. */
export class Nonces {
  #since = Number.NEGATIVE_INFINITY;
  #recent = new Set<string>();
  #older = new Set<string>();

  /** False if it was used already. */
  accept(nonce: string, now: number): boolean {
    if (Math.abs(now - this.#since) > 2 * WINDOW) {
      this.#older = this.#recent;
      this.#recent = new Set();
      this.#since = now;
    }
    if (this.#recent.has(nonce) || this.#older.has(nonce)) return false;
    this.#recent.add(nonce);
    return true;
  }
}

/** Verifies a claim; throws what the gateway answers to one that does not hold. */
export function authenticate(
  cloud: CloudState,
  nonces: Nonces,
  claim: Claim,
  product: Product,
  event: string,
): Principal {
  const now = cloud.clock.now();
  const date = parseWireTime(claim.date ?? '');
  if (date === undefined) throw refusal('InvalidTimeStamp.Format');
  if (Math.abs(now - date) > WINDOW) throw refusal('InvalidTimeStamp.Expired');
  if (!claim.nonce && !product.nonceOptional) throw refusal('IncompleteSignature');
  const { principal, secret } = claim.accessKeyId.startsWith('STS.')
    ? findSession(cloud, claim, now)
    : findKey(cloud, claim, now);
  if (!equal(claim.signature, claim.expected(secret))) {
    const text = `Specified signature is not matched with our calculation. server string to sign is:${claim.signed()}`;
    throw refusal('SignatureDoesNotMatch', text);
  }
  if (claim.nonce && !nonces.accept(`${claim.accessKeyId}/${claim.nonce}`, now))
    throw refusal('SignatureNonceUsed');
  if (principal.kind === 'user')
    recordUse(principal.key, { at: now, service: product.service, event, address: '127.0.0.1' });
  return principal;
}

function findKey(cloud: CloudState, claim: Claim, now: number): { principal: Principal; secret: string } {
  const entry = cloud.keys.get(claim.accessKeyId);
  if (!entry) throw refusal('InvalidAccessKeyId.NotFound');
  if (claim.securityToken) throw refusal('InvalidSecurityToken.MismatchWithAccessKey');
  const { account, key } = entry;
  if (isRoot(key)) {
    const arn = `acs:ram::${account.id}:root`;
    return { principal: { kind: 'root', account, keyId: key.accessKeyId, arn }, secret: key.accessKeySecret };
  }
  checkAlive(cloud, account, key, now);
  const { user } = key;
  const arn = `acs:ram::${account.id}:user/${user.name}`;
  return { principal: { kind: 'user', account, keyId: key.id, arn, user, key }, secret: key.secret };
}

function checkAlive(cloud: CloudState, account: AccountState, key: AccessKey, now: number): void {
  const { propagationMs, disablePropagationMs } = cloud.switches;
  if (propagationMs > 0 && now < key.createdAt + propagationMs) throw refusal('InvalidAccessKeyId.NotFound');
  const deletedAt = account.users.get(key.user.name)?.keys.has(key.id) ? undefined : (key.recycledAt ?? 0);
  if (deletedAt !== undefined && now >= deletedAt + disablePropagationMs) {
    throw refusal('InvalidAccessKeyId.NotFound');
  }
  if (key.status === 'Inactive' && now >= key.updatedAt + disablePropagationMs) {
    throw refusal('InvalidAccessKeyId.Inactive');
  }
}

function findSession(cloud: CloudState, claim: Claim, now: number): { principal: Principal; secret: string } {
  const session = cloud.sessions.get(claim.accessKeyId);
  if (!session || !claim.securityToken) throw refusal('InvalidAccessKeyId.NotFound');
  if (claim.securityToken !== session.securityToken) {
    const known = [...cloud.sessions.values()].some((other) => other.securityToken === claim.securityToken);
    throw refusal(known ? 'InvalidSecurityToken.MismatchWithAccessKey' : 'InvalidSecurityToken.Malformed');
  }
  if (now >= session.expiresAt) throw refusal('InvalidSecurityToken.Expired');
  const { account } = session;
  const arn = `acs:ram::${account.id}:assumed-role/${session.role.name}/${session.name}`;
  return {
    principal: { kind: 'role', account, keyId: session.accessKeyId, arn, session },
    secret: session.accessKeySecret,
  };
}

function isRoot(key: AccessKey | RootKey): key is RootKey {
  return 'root' in key;
}

function equal(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
