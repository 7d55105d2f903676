import { expect, test } from 'vitest';
import { lineFor } from '../../src/check/roles';
import { parseConfig } from '../../src/config/load';
import type { RolePlan } from '../../src/setup/policy';
import { rolesFor } from '../../src/setup/roles';

const site = {
  account: '1234567890123456',
  region: 'cn-hangzhou',
  logProject: 'p',
  logStore: 'l',
  failureTopic: 't',
  userPrefix: '',
  protect: [],
};
const [role] = rolesFor(parseConfig('{}', {}), site) as [RolePlan];
const asSetUp = {
  trust: JSON.stringify(role.trust),
  policy: JSON.stringify(role.policy),
  attached: [role.name],
};
const policy = (change: (statements: RolePlan['policy']['Statement']) => unknown) =>
  JSON.stringify({ ...role.policy, Statement: change(role.policy.Statement) });

test.each([
  ['as setup leaves it', {}, 'ok', 'keyturn-rotate-keys'],
  ['missing', { trust: undefined }, 'failure', 'does not exist'],
  ['trusted by another', { trust: '{}' }, 'failure', 'trust policy'],
  ['without its policy', { policy: undefined, attached: [] }, 'failure', 'there is no policy'],
  ['with its policy not attached', { attached: ['other'] }, 'failure', 'not attached'],
  [
    'with one statement removed',
    { policy: policy((all) => all.slice(1)) },
    'failure',
    'ram:ListUsers, ram:GetUser',
  ],
  ['with a policy that cannot be read', { policy: 'x' }, 'failure', 'does not grant ram:ListUsers'],
  [
    'limited to a prefix',
    { policy: policy((all) => all.map((one) => ({ ...one, Resource: 'acs:ram:*:1:user/svc-*' }))) },
    'warning',
    'not the one',
  ],
  [
    'with everything allowed',
    { policy: policy(() => [{ Effect: 'Allow', Action: '*', Resource: '*' }]) },
    'warning',
    'grants every action',
  ],
])('a role %s: %s', (_, state, expected, words) => {
  const line = lineFor(role, { ...asSetUp, ...state });
  expect(line.state).toBe(expected);
  expect(line.text).toContain(words);
});
