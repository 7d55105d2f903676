import { policiesOf } from './account/policies';
import { type CloudError, refusal } from './errors';
import { type ConditionContext, evaluate, type Verdict } from './policy';
import type { Check, Principal } from './product';

/** May the principal do it? Root may do everything; a session's own policy narrows its role's. */
export function verdictOn(principal: Principal, check: Check, context: ConditionContext = {}): Verdict {
  if (principal.kind === 'root') return 'allow';
  const attached = principal.kind === 'user' ? principal.user : principal.session.role;
  const verdict = evaluate(policiesOf(attached), check.action, check.resource, context);
  if (verdict !== 'allow' || principal.kind === 'user' || !principal.session.policy) return verdict;
  return principal.session.policy.evaluate(check.action, check.resource, context);
}

/** The error for a check that failed, with the details that Alibaba Cloud gives of it. */
export function denial(principal: Principal, check: Check, verdict: Verdict): CloudError {
  return refusal(
    'NoPermission',
    `You are not authorized to do this action. Resource: ${check.resource} Action: ${check.action}`,
    {
      AccessDeniedDetail: {
        AuthAction: check.action,
        AuthPrincipalType: { root: 'Root', user: 'SubUser', role: 'AssumedRoleUser' }[principal.kind],
        AuthPrincipalOwnerId: principal.account.id,
        AuthPrincipalDisplayName: displayName(principal),
        PolicyType: 'AccountLevelIdentityBasedPolicy',
        NoPermissionType: verdict === 'explicit-deny' ? 'ExplicitDeny' : 'ImplicitDeny',
        EncodedDiagnosticMessage: Buffer.from(`${check.action} ${check.resource}`).toString('base64'),
      },
    },
  );
}

function displayName(principal: Principal): string {
  switch (principal.kind) {
    case 'root':
      return principal.account.id;
    case 'user':
      return principal.user.id;
    case 'role':
      return `${principal.session.role.name}:${principal.session.name}`;
  }
}
