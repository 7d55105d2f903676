import memberTrust from '../../policies/member-trust.json';
import type { Config } from '../config/schema';
import { filledIn } from './placeholders';
import { canonical, listOf, type RolePlan, type Site, type Statement } from './policy';
import { protection } from './protection';
import { deployedName, functions, onUsers } from './roles';

/** How the function's account gets into a member account. */
export interface Entrance {
  /** The account that the functions run in. */
  readonly centralAccount: string;
  readonly roleName: string;
  readonly externalId?: string | undefined;
}

/** The role that the functions work with in a member account: one account, its own users and secrets. */
export function memberRole(
  config: Config,
  site: Site,
  { centralAccount, roleName, externalId }: Entrance,
): RolePlan {
  const statements = functions.flatMap(({ document }) => document.Statement);
  const own = onUsers(statements.filter(holdsFor(config, site)), config, site);
  return {
    name: roleName,
    description: 'keyturn: looks after the users of this account',
    trusted: `the functions of account ${centralAccount}`,
    trust: trustIn(config.deployment, centralAccount, externalId),
    policy: { Version: '1', Statement: [...merged(own), ...protection(own, config, site)] },
  };
}

/** Where the secrets lie in another account's KMS, a member needs nothing on secrets but to list those of KMS itself. */
const holdsFor =
  ({ rotation }: Config, { account }: Site) =>
  ({ Action }: Statement): boolean => {
    const { account: recordWriter } = rotation.secret;
    const central = recordWriter !== undefined && recordWriter !== account;
    return !central || !listOf(Action).some((action) => /^kms:(?!ListSecrets$)/.test(action));
  };

function trustIn(deployment: string, centralAccount: string, externalId: string | undefined): object {
  const [template] = memberTrust.Statement;
  if (!template) throw new TypeError('policies/member-trust.json has no statement');
  const { Condition, Principal, ...rest } = template;
  const RAM = functions.flatMap(({ name }) =>
    filledIn(Principal.RAM, { centralAccount, functionRole: deployedName(deployment, name) }),
  );
  return {
    Version: memberTrust.Version,
    Statement: [
      { ...rest, Principal: { RAM }, ...(externalId && { Condition: filledIn(Condition, { externalId }) }) },
    ],
  };
}

/**
 * What the functions may do on the same things, said once: a policy has room for 6,144 characters. What can be granted
 * on `*` alone stays apart, so that it can be seen what each such statement opens.
 */
function merged(statements: readonly Statement[]): Statement[] {
  const together: Statement[] = [];
  for (const statement of statements) {
    const at = together.findIndex((one) => belongTogether(one, statement));
    const before = together[at] ?? { ...statement, Action: [] };
    const Action = [...new Set([...listOf(before.Action), ...listOf(statement.Action)])];
    together.splice(at < 0 ? together.length : at, 1, { ...before, Action });
  }
  return together;
}

function belongTogether(a: Statement, b: Statement): boolean {
  if (canonical([a.Effect, a.Resource]) !== canonical([b.Effect, b.Resource])) return false;
  return a.Resource !== '*' || listOf(a.Action).some((action) => listOf(b.Action).includes(action));
}
