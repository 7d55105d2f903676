import { parse as parseAddress } from 'ipaddr.js';
import { type Check, fault, judged, unknown } from '../check';
import { eachActiveKey, nameOf } from '../people';

/**
 * A key that is used from private addresses only serves a program in a VPC or in a network joined to one. A public
 * address tells nothing: it may be of Alibaba Cloud or not.
 */
export const couldBeRoles: Check = {
  id: 'could-be-roles',
  title: 'What runs inside Alibaba Cloud uses roles, not AccessKeys',
  severity: 'low',
  remedy:
    'Give the ECS instance, function or pod a RAM role, let the program take its credentials from there, and retire the key.',
  judge: (facts) =>
    judged(
      eachActiveKey(facts, ({ id, addresses }, user) => {
        const key = `${nameOf(user)}: key ${id}`;
        if (addresses.kind === 'unread')
          return [unknown(`${key}: where it is used from is not known. ${addresses.why}`)];
        const from = addresses.value;
        if (from.length === 0 || !from.every(isInside)) return [];
        return [fault(`${key} was used from inside Alibaba Cloud only: ${from.join(', ')}.`)];
      }),
      'No enabled key is known to be used from inside Alibaba Cloud only.',
    ),
};

const inside: readonly string[] = ['private', 'carrierGradeNat', 'uniqueLocal'];

/** An address of a private network, or a service that calls in the name of the user. */
function isInside(source: string): boolean {
  if (source.endsWith('.aliyuncs.com')) return true;
  try {
    return inside.includes(parseAddress(source).range());
  } catch {
    return false;
  }
}
