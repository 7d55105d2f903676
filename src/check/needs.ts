import type { FunctionName } from '../report/run-report';
import { filledIn, valuesOf } from '../setup/placeholders';
import { listOf } from '../setup/policy';
import { functions as deployed } from '../setup/roles';
import type { Place } from './place';

/** A permission that functions need. */
export interface Need {
  readonly action: string;
  /** As policies write them, with placeholders. */
  readonly resources: readonly string[];
  readonly functions: readonly FunctionName[];
}

/** What this function needs, or all of them together; each action once. */
export function needs(only?: FunctionName): Need[] {
  const grants = deployed
    .filter(({ name }) => only === undefined || name === only)
    .flatMap(({ name, document }) =>
      document.Statement.flatMap(({ Action, Resource }) =>
        listOf(Action).map((action) => ({ action, name, resources: listOf(Resource) })),
      ),
    );
  return [...new Set(grants.map(({ action }) => action))].map((action) => {
    const same = grants.filter((grant) => grant.action === action);
    return {
      action,
      resources: [...new Set(same.flatMap(({ resources }) => resources))],
      functions: [...new Set(same.map(({ name }) => name))],
    };
  });
}

/** The resources of a need as a policy in the account that the call goes to must name them. */
export function resourcesIn(place: Place, { action, resources }: Need): readonly string[] {
  const site = {
    account: accountAsked(place, action),
    region: place.cloud.region,
    logProject: '*',
    logStore: '*',
    failureTopic: '*',
    userPrefix: '',
    protect: [],
  };
  return filledIn(resources, valuesOf(place.config, site));
}

/** Secrets may lie in the KMS of another account; whether KMS itself rotates a user is asked in the user's own. */
export function accountAsked({ account, config }: Place, action: string): string {
  const inSecrets = action.startsWith('kms:') && action !== 'kms:ListSecrets';
  return inSecrets ? (config.rotation.secret.account ?? account) : account;
}
