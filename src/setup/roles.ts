import disableInactive from '../../policies/disable-inactive.json';
import emergency from '../../policies/emergency.json';
import invoke from '../../policies/invoke.json';
import platform from '../../policies/platform.json';
import directory from '../../policies/resource-directory.json';
import respondToLeaks from '../../policies/respond-to-leaks.json';
import rotateKeys from '../../policies/rotate-keys.json';
import trust from '../../policies/trust.json';
import type { Config } from '../config/schema';
import { KmsReference } from '../config/values';
import type { FunctionName } from '../report/run-report';
import { filledIn, type Values, valuesOf } from './placeholders';
import { listOf, type RolePlan, type Site, type Statement, writes } from './policy';
import { protection } from './protection';

interface DeployedFunction {
  readonly name: FunctionName;
  readonly description: string;
  readonly document: { readonly Statement: readonly Statement[] };
}

/** The deployed functions; each has the name of its deployment before its own. */
export const functions: readonly DeployedFunction[] = [
  {
    name: 'rotate-keys',
    description: 'keyturn in Function Compute: rotates AccessKeys',
    document: rotateKeys,
  },
  {
    name: 'disable-inactive',
    description: 'keyturn in Function Compute: disables what nobody uses any more',
    document: disableInactive,
  },
  {
    name: 'respond-to-leaks',
    description: 'keyturn in Function Compute: disables or replaces AccessKeys that leaked',
    document: respondToLeaks,
  },
  {
    name: 'emergency',
    description: 'keyturn in Function Compute: replaces or disables a leaked AccessKey at once',
    document: emergency,
  },
];

/** The name of a function, of its role and of the policy of that, in one of the deployments of an account. */
export const deployedName = (deployment: string, name: FunctionName): string => `${deployment}-${name}`;

/** The roles that the functions run with: what each function needs, and what is owed to this configuration. */
export function rolesFor(config: Config, site: Site): RolePlan[] {
  return functions.map(({ name, description, document }) => {
    const statements = onUsers([...document.Statement, ...platform.Statement], config, site);
    const denied = protection(statements, config, site);
    const calls = callsOf(config, valuesOf(config, site));
    return {
      name: deployedName(config.deployment, name),
      description,
      trusted: 'fc.aliyuncs.com',
      trust,
      policy: { Version: '1', Statement: [...statements, ...calls, ...denied] },
    };
  });
}

/** What one may do in an account, filled in for it and narrowed to the users that may be changed. */
export function onUsers(statements: readonly Statement[], config: Config, site: Site): Statement[] {
  return filledIn(statements, valuesOf(config, site)).map((statement) =>
    narrowed(statement, site.userPrefix),
  );
}

/**
 * Works in other accounts, calls the functions that are to be told, or itself for a part of the accounts, and reads
 * what channels keep in KMS.
 */
function callsOf(config: Config, values: Values): Statement[] {
  const { accounts = [], resourceDirectory, notify } = config;
  const roles = accounts.flatMap(({ roleArn }) => roleArn ?? []);
  const secrets = kmsNames(notify).map((name) => `acs:kms:${values.region}:${values.account}:secret/${name}`);
  const callsFunctions =
    resourceDirectory !== undefined ||
    accounts.length > config.fanOut.accountsPerRun ||
    notify.some(({ type }) => type === 'function');
  return [
    ...(roles.length > 0 ? [allow('sts:AssumeRole', roles.map(inPolicy))] : []),
    ...(resourceDirectory
      ? filledIn(directory.Statement, { ...values, roleName: resourceDirectory.roleName })
      : []),
    ...(callsFunctions ? invoke.Statement : []),
    ...(secrets.length > 0 ? [allow('kms:GetSecretValue', secrets)] : []),
  ];
}

/** The KMS secrets that channels name with `${kms:NAME}`, each once. */
function kmsNames(notify: Config['notify']): string[] {
  const values = notify.flatMap((channel): unknown[] => Object.values(channel));
  return [...new Set(values.flatMap((value) => (value instanceof KmsReference ? value.secretName : [])))];
}

const allow = (Action: string, Resource: string[]): Statement => ({ Effect: 'Allow', Action, Resource });

/** Policies name a role with `*` where its ARN has an empty region, which `*` matches and not the other way about. */
export const inPolicy = (roleArn: string): string => roleArn.replace('acs:ram::', 'acs:ram:*:');

const everyUser = /:user\/\*$/;

function narrowed(statement: Statement, userPrefix: string): Statement {
  if (!listOf(statement.Action).some(writes)) return statement;
  const resources = listOf(statement.Resource).map((one) => one.replace(everyUser, `:user/${userPrefix}*`));
  return { ...statement, Resource: resources.length === 1 ? (resources[0] ?? '') : resources };
}
