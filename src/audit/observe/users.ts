import type { DateTime } from 'luxon';
import type { Progress } from '../../base/progress';
import { sideBySide } from '../../base/side-by-side';
import type { Cloud } from '../../cloud/cloud';
import { isCode } from '../../cloud/error';
import type { ImsUser } from '../../cloud/ims';
import { laterOf } from '../../cloud/key-use';
import type { Logon, UserFacts } from '../facts';
import { reading } from '../reading';
import type { Exemptions } from './exemptions';
import { observeKeys } from './keys';

/** Users looked at side by side. The rate limits are the gate's business. */
const lookedAtOnce = 100;
const userGone = 'EntityNotExist.User';

export interface UserLook {
  readonly exemptions: Promise<Exemptions>;
  readonly idleBefore: DateTime;
  readonly progress?: Progress | undefined;
}

/**
 * Every RAM user, its logon and its keys, as they are now: the credential report may be hours or months old, and a
 * user who has lost the MFA device since would pass.
 * @throws CloudError where the users cannot be listed
 */
export async function observeUsers(cloud: Cloud, look: UserLook): Promise<UserFacts[]> {
  const users = (await cloud.ims.listUsers()).sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = new Map<string, UserFacts>();
  look.progress?.start(users.length);
  await sideBySide(users, lookedAtOnce, async (user) => {
    const facts = await observeUser(cloud, user, look);
    if (facts) found.set(user.name, facts);
    look.progress?.tick();
  });
  return users.flatMap(({ name }) => found.get(name) ?? []);
}

/** `undefined` where the user was deleted meanwhile. */
async function observeUser(
  cloud: Cloud,
  user: ImsUser,
  { exemptions, idleBefore }: UserLook,
): Promise<UserFacts | undefined> {
  const { name } = user;
  try {
    const [logon, keys] = await Promise.all([
      reading(observeLogon(cloud, user), userGone),
      reading(observeKeys(cloud, user, idleBefore), userGone),
    ]);
    return { name, exemption: (await exemptions)(user), logon, keys };
  } catch (error) {
    if (isCode(error, userGone)) return undefined;
    throw error;
  }
}

async function observeLogon({ ims, ram }: Cloud, user: ImsUser): Promise<Logon> {
  const profile = await ims.getLoginProfile(user.principalName);
  if (!profile) return { kind: 'none' };
  if (profile.status === 'Inactive') return { kind: 'disabled' };
  return {
    kind: 'enabled',
    mfa: await reading(ram.getMfaDevice(user.name).then((device) => device !== undefined)),
    lastLogon: laterOf(user.lastLogin, profile.lastLogin),
    since: profile.updatedAt ?? user.createdAt,
  };
}
