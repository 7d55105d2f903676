import { type Check, fault, judged, unknown } from '../check';
import { eachActiveKey, nameOf } from '../people';

/** A policy of the key's own counts for it; a key without one falls under the account's. */
export const networkPolicies: Check = {
  id: 'network-policies',
  title: 'AccessKeys can be used from known networks only',
  severity: 'medium',
  remedy:
    'Give the key, or all keys of the account, a network policy with the addresses that it is used from.',
  judge: (facts) => {
    const { networkPolicy: account } = facts;
    return judged(
      eachActiveKey(facts, ({ id, networkPolicy: own }, user) => {
        const key = `${nameOf(user)}: key ${id}`;
        if (own.kind === 'unread') return [unknown(`${key}: the network policy is not known. ${own.why}`)];
        if (own.value === 'restricted') return [];
        if (own.value === 'open') return [fault(`${key} has a network policy that lets every address in.`)];
        if (account.kind === 'unread')
          return [
            unknown(
              `${key} has no network policy, and whether the account has one is not known. ${account.why}`,
            ),
          ];
        return account.value === 'restricted' ? [] : [fault(`${key} can be used from everywhere.`)];
      }),
      'Every enabled key is restricted to known networks.',
    );
  },
};
