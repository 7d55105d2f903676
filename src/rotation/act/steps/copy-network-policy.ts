import type { NetworkPolicy } from '../../../cloud/access-key-policy';
import { orUndefined } from '../../../cloud/error';
import type { StepOf } from '../../decide/decision';
import type { UserWork } from '../user-work';

const policiesUnknown =
  'This account or region does not know network policies of single AccessKeys, so there was none to carry over.';

/** A key's own network policy closes what rotation must not open again. */
export async function copyNetworkPolicy(
  work: UserWork,
  { keyId, from }: StepOf<'copyNetworkPolicy'>,
): Promise<undefined> {
  const to = keyId ?? work.newPair().keyId;
  const policy = work.networkPolicies.get(from) ?? (await networkPolicyOf(work, from));
  if (policy.kind === 'unknown') work.context.notes.add(policiesUnknown);
  if (policy.kind !== 'policy') return;
  const { ims } = await work.cloud();
  await work.reported('CarryNetworkPolicy', to, async () => {
    await ims.setAccessKeyPolicy(work.user.principalName, to, policy.text);
    return to;
  });
}

/** A key that is gone had none. */
export async function networkPolicyOf(work: UserWork, keyId: string): Promise<NetworkPolicy> {
  const known = work.observation.networkPolicies?.get(keyId);
  if (known) return known;
  const { ims } = await work.cloud();
  const read = ims.getAccessKeyPolicy(work.user.principalName, keyId);
  return (await orUndefined(read, 'EntityNotExist.User.AccessKey')) ?? { kind: 'none' };
}
