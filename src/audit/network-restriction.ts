import * as z from 'zod';
import { parsedJson } from '../base/json';
import type { NetworkPolicy } from '../cloud/access-key-policy';
import type { NetworkRestriction } from './facts';
import { known, type Reading, unread } from './reading';

const everywhere = ['0.0.0.0/0', '::/0'];

const policySchema = z.object({
  Status: z.enum(['Active', 'Inactive']),
  Statements: z.array(z.object({ Type: z.string(), IPList: z.array(z.string()).default([]) })),
});

/**
 * What a network policy for AccessKeys, read by this action, comes to. One that is switched off restricts nothing, whatever
 * it says (RAM API reference, SetAccessKeyPolicy).
 */
export function restrictionOf(policy: NetworkPolicy, action: string): Reading<NetworkRestriction> {
  if (policy.kind === 'unknown') return unread(`This account does not know the action ${action}.`);
  if (policy.kind === 'none') return known('none');
  const read = policySchema.safeParse(parsedJson(policy.text));
  if (!read.success) return unread('The network policy has a form that keyturn does not know.');
  const { Status, Statements } = read.data;
  if (Status === 'Inactive') return known('none');
  if (Statements.length === 0) return unread('The network policy is in force and says nothing.');
  const open = Statements.some(
    ({ Type, IPList }) => Type === 'ClassicWhiteList' && IPList.some((range) => everywhere.includes(range)),
  );
  return known(open ? 'open' : 'restricted');
}
