import { sideBySide } from '../../base/side-by-side';
import type { Cloud } from '../../cloud/cloud';
import type { ListedPolicy } from '../../cloud/policies';
import type { PolicyFacts } from '../facts';
import { reading } from '../reading';

const lookedAtOnce = 50;

/** The policies that are attached to anybody: a call for each instead of one per user, group and role. */
export async function observePolicies({ policies }: Cloud): Promise<PolicyFacts[]> {
  const attached = (await policies.list()).filter(({ attachments }) => attachments !== 0);
  const found = new Map<ListedPolicy, PolicyFacts>();
  await sideBySide(attached, lookedAtOnce, async (policy) => {
    const [attachedTo, document] = await Promise.all([
      reading(policies.attachmentsOf(policy)),
      policy.type === 'Custom' ? reading(policies.documentOf(policy)) : undefined,
    ]);
    found.set(policy, { name: policy.name, attachedTo, ...(document && { document }) });
  });
  return attached.flatMap((policy) => found.get(policy) ?? []);
}
