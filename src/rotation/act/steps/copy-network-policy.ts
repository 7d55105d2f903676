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
  const { ims } = await work.cloud();
  const { principalName } = work.user;
  const policy =
    work.observation.networkPolicies?.get(from) ??
    (await orUndefined(ims.getAccessKeyPolicy(principalName, from), 'EntityNotExist.User.AccessKey'));
  if (policy?.kind === 'unknown') work.context.notes.add(policiesUnknown);
  if (policy?.kind !== 'policy') return;
  await work.reported('CarryNetworkPolicy', to, async () => {
    await ims.setAccessKeyPolicy(principalName, to, policy.text);
    return to;
  });
}
