import type { DateTime } from 'luxon';
import type { AccessKey } from '../../cloud/access-key';
import type { Cloud } from '../../cloud/cloud';
import type { ImsUser } from '../../cloud/ims';
import { readKeyUse } from '../../cloud/key-use';
import type { ActiveKey, KeyFacts, NetworkRestriction } from '../facts';
import { restrictionOf } from '../network-restriction';
import { known, type Reading, reading, unread } from '../reading';

/** @param idleBefore a use after it makes the key one in use, whatever else is known */
export async function observeKeys(
  cloud: Cloud,
  { principalName }: ImsUser,
  idleBefore: DateTime,
): Promise<KeyFacts[]> {
  const keys = await cloud.ims.listAccessKeys(principalName);
  return Promise.all(
    keys.map(async (key): Promise<KeyFacts> => {
      const { id, createdAt, updatedAt } = key;
      if (key.status === 'Inactive') return { status: 'Inactive', id, createdAt, disabledAt: updatedAt };
      return activeKey(cloud, principalName, key, idleBefore);
    }),
  );
}

async function activeKey(
  cloud: Cloud,
  principalName: string,
  { id, createdAt }: AccessKey,
  idleBefore: DateTime,
): Promise<ActiveKey> {
  const [lastUse, addresses, networkPolicy] = await Promise.all([
    reading(readKeyUse(cloud, principalName, id, (use) => use.kind === 'at' && use.at > idleBefore)),
    observeAddresses(cloud, id),
    observeNetworkPolicy(cloud, principalName, id),
  ]);
  return { status: 'Active', id, createdAt, lastUse, addresses, networkPolicy };
}

async function observeAddresses({ actionTrail }: Cloud, id: string): Promise<Reading<readonly string[]>> {
  const traces = await reading(actionTrail.traces(id, ['addresses']));
  if (traces.kind === 'unread') return traces;
  const { addresses, incomplete } = traces.value ?? {};
  if (incomplete?.addresses) return unread(incomplete.addresses);
  if (addresses) return known(addresses.map(({ what }) => what));
  return unread('ActionTrail, which alone tells where a key is used from, is not to be had.');
}

async function observeNetworkPolicy(
  { ims }: Cloud,
  principalName: string,
  id: string,
): Promise<Reading<NetworkRestriction>> {
  const policy = await reading(ims.getAccessKeyPolicy(principalName, id));
  return policy.kind === 'unread' ? policy : restrictionOf(policy.value, 'GetAccessKeyPolicy');
}
