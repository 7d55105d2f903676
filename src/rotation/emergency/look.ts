import type { AccessKey } from '../../cloud/access-key';
import type { Cloud } from '../../cloud/cloud';
import { orUndefined } from '../../cloud/error';
import type { Exemption } from '../../config/schema';
import { exemptGroups, exemptionOf, groupsOf } from '../../users/membership';
import { secretName } from '../../users/secret-name';
import type { RotationContext } from '../context';
import type { Decision } from '../decide/decision';
import type { Observation } from '../observation';
import { type LookedUp, lookUp, observeSecret } from '../observe';
import type { EmergencyDecision, EmergencyRequest } from './decide';

export interface EmergencyOrder {
  readonly user: string;
  readonly request: EmergencyRequest;
  /** Also where the user is exempt. */
  readonly force: boolean;
}

export async function firstLook(
  context: RotationContext,
  exempt: readonly Exemption[],
  order: EmergencyOrder,
  killBy: number,
): Promise<LookedUp | { refusal: Decision }> {
  const { config, clock } = context;
  const cloud = context.cloud.until(killBy);
  const [found, isInGroup] = await Promise.all([
    lookUp(cloud, config, order.user, true),
    groupsOf(cloud, order.user, order.force ? [] : exemptGroups(exempt)),
  ]);
  if (!found) return { refusal: notFound(order.user) };
  const about = { name: order.user, tags: found.tags };
  const exemption = !order.force && exemptionOf(about, exempt, isInGroup, clock.now());
  return exemption ? { refusal: exempted(order.user, exemption) } : found;
}

/** The keys of the user, and whether it is exempt as far as RAM and the configuration tell. */
export async function lookWithRam(
  { cloud, clock }: RotationContext,
  exempt: readonly Exemption[],
  { user, force }: EmergencyOrder,
): Promise<{ keys: readonly AccessKey[] } | { refusal: Decision }> {
  const [keys, isInGroup, tags] = await Promise.all([
    orUndefined(cloud.ram.listAccessKeys(user), 'EntityNotExist.User'),
    groupsOf(cloud, user, force ? [] : exemptGroups(exempt)),
    force ? noTags : tagsOf(cloud.until(clock.elapsed() + tagsWithinMs), exempt, user),
  ]);
  if (!keys) return { refusal: notFound(user) };
  const exemption = !force && exemptionOf({ name: user, tags }, exempt, isInGroup, clock.now());
  return exemption ? { refusal: exempted(user, exemption) } : { keys };
}

const tagsWithinMs = 5_000;

/** Of use only where a tag exempts users. IMS may be down: then a leaked key dies all the same. */
async function tagsOf(
  { ram, ims }: Cloud,
  exempt: readonly Exemption[],
  user: string,
): Promise<ReadonlyMap<string, string>> {
  if (!exempt.some((each) => 'tag' in each)) return noTags;
  try {
    const known = await ram.getUser(user);
    return known ? await ims.listTags(known.id) : noTags;
  } catch {
    return noTags;
  }
}

export async function lookAgain(
  { config }: RotationContext,
  cloud: Cloud,
  before: Observation,
  contains: boolean,
  spare: string | undefined,
): Promise<Observation> {
  const { user, keys } = before;
  const [freshKeys, secret, policies] = await Promise.all([
    cloud.ram.listAccessKeys(user.name),
    contains
      ? before.secret
      : observeSecret(cloud, secretName(config, user.account, user.name), keys, before.secret),
    contains ? [] : policiesOf(cloud, user.principalName, keys),
    spare && cloud.ram.setAccessKeyStatus(user.name, spare, 'Inactive'),
  ]);
  const seen = freshKeys.map((key) => (key.id === spare ? { ...key, status: 'Inactive' as const } : key));
  return { ...before, keys: seen, secret, networkPolicies: new Map(policies.flat()) };
}

/** What cannot be read now is read again where it is to be copied, and there it stops nothing. */
const policiesOf = (cloud: Cloud, principalName: string, keys: readonly AccessKey[]) =>
  Promise.all(
    keys.map(async ({ id }) =>
      cloud.ims.getAccessKeyPolicy(principalName, id).then(
        (policy) => [[id, policy] as const],
        () => [],
      ),
    ),
  );

/** Whatever another run does to a user's keys shows in its tags too; where they differ, what was read beside them may be old. */
export function sameBut(
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
  ignored: readonly string[],
): boolean {
  const keys = new Set([...a.keys(), ...b.keys()]);
  for (const key of ignored) keys.delete(key);
  return [...keys].every((key) => a.get(key) === b.get(key));
}

const noTags: ReadonlyMap<string, string> = new Map();

export const notFound = (user: string): EmergencyDecision => {
  const message = `There is no RAM user ${user} in this account; nothing was changed.`;
  return {
    reason: 'UserNotFound',
    message,
    steps: [],
    leaked: [],
    failure: { code: 'UserNotFound', message: `${message} Check the name.` },
  };
};

const exempted = (user: string, { reason }: Exemption): EmergencyDecision => {
  const message = `User ${user} is exempt (${reason}); nothing was changed. Say force: true to replace its key all the same.`;
  return { reason: 'Exempt', message, steps: [], leaked: [], failure: { code: 'Exempt', message } };
};
