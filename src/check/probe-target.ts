import { randomBytes, randomInt } from 'node:crypto';
import type { CloudError } from '../cloud/error';
import { secretName } from '../users/secret-name';
import type { Place } from './place';

/**
 * Names that are nobody's. A call that would change something is answered for them by "no permission" or by "no
 * such user", and changes nothing either way.
 */
export interface ProbeTarget {
  readonly userName: string;
  readonly principalName: string;
  readonly userId: string;
  readonly keyId: string;
  readonly groupName: string;
  readonly policyName: string;
  readonly secretName: string;
}

/** Makes up the names. They begin like a managed user's, since permissions may be limited to such a beginning. */
export function inventTarget({ config, account }: Pick<Place, 'config' | 'account'>): ProbeTarget {
  const mark = `keyturn-check-${randomBytes(8).toString('hex')}`;
  const [example] = config.rotation.users.names;
  const userName = example ? `${example.slice(0, 30)}.${mark}` : mark;
  return {
    userName,
    principalName: `${userName}@${account}.onaliyun.com`,
    userId: `2${Array.from({ length: 17 }, () => randomInt(10)).join('')}`,
    keyId: `LTAI${randomBytes(10).toString('hex')}`,
    groupName: mark,
    policyName: mark,
    secretName: secretName(config.rotation, account, userName),
  };
}

/** Whether the cloud has confirmed that the names are nobody's. What it could not confirm must not be written to. */
export interface Confirmed {
  readonly user: boolean;
  readonly secret: boolean;
  readonly trouble?: CloudError | Error;
}

export async function confirmAbsent({ cloud }: Place, probeTarget: ProbeTarget): Promise<Confirmed> {
  const [byName, byId, secret] = await Promise.allSettled([
    cloud.ram.getUser(probeTarget.userName),
    cloud.ims.getUser({ id: probeTarget.userId }),
    cloud.kms.describeSecret(probeTarget.secretName),
  ]);
  const trouble = [byName, byId].find((asked) => asked.status === 'rejected');
  return {
    user: isAbsent(byName) && isAbsent(byId),
    secret: isAbsent(secret),
    ...(trouble && { trouble: trouble.reason }),
  };
}

const isAbsent = (asked: PromiseSettledResult<unknown>): boolean =>
  asked.status === 'fulfilled' && asked.value === undefined;
