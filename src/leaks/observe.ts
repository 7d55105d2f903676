import type { AccessKey } from '../cloud/access-key';
import type { Cloud } from '../cloud/cloud';
import { CloudError, isCode } from '../cloud/error';
import { DeadlineError } from '../cloud/gate';
import type { LeakDetail, LeakFinding } from '../cloud/security-center';
import type { Config } from '../config/schema';
import { readRecord } from '../record/rotation';
import { groupsOf, groupsThatMatter, membershipOf } from '../users/membership';
import type { LeakedKey, Observation, Owner, OwningUser } from './observation';

const accessKeyId = /^[A-Za-z0-9]{16,128}$/;

/** One entry per key, however often it was found: forks of a repository are findings of their own. */
export function leakedKeys(findings: readonly LeakFinding[]): LeakedKey[] {
  const byKey = new Map<string, LeakedKey>();
  for (const finding of [...findings].sort(byAge)) {
    const { keyId, id } = finding;
    const name = accessKeyId.test(keyId) ? keyId : `unreadable ${id}`;
    const known = byKey.get(name);
    byKey.set(name, { keyId, findings: known ? [...known.findings, finding] : [finding] });
  }
  return [...byKey.values()];
}

/** Ids are numbers that grow; the latest first. */
const byAge = (a: LeakFinding, b: LeakFinding): number => b.id.length - a.id.length || (a.id < b.id ? 1 : -1);

/** @throws CloudError where it cannot be told whose key it is, or whether it may be touched */
export async function observe(cloud: Cloud, config: Config, leaked: LeakedKey): Promise<Observation> {
  return { ...leaked, owner: await ownerOf(cloud, config, leaked) };
}

async function ownerOf(cloud: Cloud, config: Config, { keyId, findings }: LeakedKey): Promise<Owner> {
  if (!accessKeyId.test(keyId)) return { kind: 'unreadable' };
  const user = await cloud.ims.getUser({ accessKeyId: keyId });
  if (user) return owningUser(cloud, config, user, keyId);
  if (findings.some(({ owner }) => owner === 'account')) return { kind: 'account' };
  const detail = await detailOf(cloud, findings[0]);
  return { kind: 'nobody', keyValid: detail?.keyValid ?? 'unknown' };
}

async function owningUser(
  cloud: Cloud,
  config: Config,
  { id, name }: { id: string; name: string },
  keyId: string,
): Promise<OwningUser> {
  const [tags, key, isInGroup] = await Promise.all([
    cloud.ims.listTags(id),
    keyStatus(cloud, name, keyId),
    groupsOf(cloud, name, groupsThatMatter(config)),
  ]);
  return {
    kind: 'user',
    id,
    name,
    tags,
    emergency: readRecord(tags).emergency,
    key,
    ...membershipOf({ name, tags }, config, isInGroup, cloud.gate.clock.now()),
  };
}

/** `undefined` where it cannot be had: it is good to know, and nothing waits for it. */
export async function detailOf(cloud: Cloud, { id }: LeakFinding): Promise<LeakDetail | undefined> {
  return cloud.securityCenter.leakDetail(id).catch((error: unknown) => {
    if (error instanceof CloudError || error instanceof DeadlineError) return undefined;
    throw error;
  });
}

/** As RAM tells it now. */
export async function keyStatus(cloud: Cloud, user: string, keyId: string): Promise<OwningUser['key']> {
  const keys = await cloud.ram.listAccessKeys(user).catch((error: unknown): AccessKey[] => {
    if (isCode(error, 'EntityNotExist.User')) return [];
    throw error;
  });
  return keys.find(({ id }) => id === keyId)?.status ?? 'gone';
}
