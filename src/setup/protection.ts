import type { Config } from '../config/schema';
import { listOf, type Site, type Statement, writes } from './policy';

/**
 * Forbids whatever a function may change on users to happen to the users that are exempt for good. An exemption
 * with an end is not a matter of policies: nobody would take it out of them in time.
 */
export function protection(statements: readonly Statement[], { exempt }: Config, site: Site): Statement[] {
  const users = exempt.flatMap((each) => ('user' in each && !each.endsAt ? [each.user] : []));
  const names = [...new Set([...users, ...site.protect])];
  if (names.length === 0) return [];
  const actions = statements.filter(isAboutUsers).flatMap(({ Action }) => listOf(Action).filter(writes));
  return [
    {
      Effect: 'Deny',
      Action: [...new Set(actions)],
      Resource: names.map((name) => `acs:ram:*:${site.account}:user/${name}`),
    },
  ];
}

const isAboutUsers = ({ Resource }: Statement): boolean =>
  listOf(Resource).some((resource) => resource.startsWith('acs:ram:') && resource.includes(':user/'));
