import disableInactive from '../../policies/disable-inactive.json';
import emergency from '../../policies/emergency.json';
import fanOut from '../../policies/fan-out.json';
import platform from '../../policies/platform.json';
import directory from '../../policies/resource-directory.json';
import respondToLeaks from '../../policies/respond-to-leaks.json';
import rotateKeys from '../../policies/rotate-keys.json';
import trust from '../../policies/trust.json';
import type { Config } from '../config/schema';
import { KmsReference } from '../config/values';
import { listOf, type PolicyDocument, type Statement, writes } from './policy';
import { protection } from './protection';

/** A role as it should be, with one policy of the same name. */
export interface RolePlan {
  readonly name: string;
  readonly description: string;
  /** Who alone may assume it, as the trust policy says. */
  readonly trusted: string;
  readonly trust: object;
  readonly policy: PolicyDocument;
}

export interface Site {
  readonly account: string;
  /** Of the functions; also of KMS, unless the configuration says otherwise. */
  readonly region: string;
  readonly logProject: string;
  readonly logStore: string;
  readonly failureTopic: string;
  /** Only users whose names begin so may be changed; empty: all. */
  readonly userPrefix: string;
  /** Users, or prefixes that end with `*`, that may never be changed. */
  readonly protect: readonly string[];
}

export const functions = [
  {
    name: 'keyturn-rotate-keys',
    description: 'keyturn in Function Compute: rotates AccessKeys',
    document: rotateKeys,
  },
  {
    name: 'keyturn-disable-inactive',
    description: 'keyturn in Function Compute: disables what nobody uses any more',
    document: disableInactive,
  },
  {
    name: 'keyturn-respond-to-leaks',
    description: 'keyturn in Function Compute: disables or replaces AccessKeys that leaked',
    document: respondToLeaks,
  },
  {
    name: 'keyturn-emergency',
    description: 'keyturn in Function Compute: replaces or disables a leaked AccessKey at once',
    document: emergency,
  },
];

/** The roles that the functions run with: what each function needs, and what is owed to this configuration. */
export function rolesFor(config: Config, site: Site): RolePlan[] {
  return functions.map(({ name, description, document }) => {
    const statements = onUsers([...document.Statement, ...platform.Statement], config, site);
    const denied = protection(statements, config, site);
    const calls = callsOf(config, { ...valuesOf(config, site), functionName: name });
    return {
      name,
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

type Values = Readonly<Record<string, string>>;

function valuesOf({ rotation, region: configured }: Config, site: Site): Values {
  const { name, encryptionKeyId = '*', kmsInstanceId = '*' } = rotation.secret;
  const { account, region, logProject, logStore, failureTopic } = site;
  return {
    account,
    region: configured ?? region,
    functionRegion: region,
    logProject,
    logStore,
    failureTopic,
    secretPrefix: name.replace(/\{.*/, ''),
    encryptionKeyId,
    kmsInstanceId,
  };
}

/** @throws TypeError where a placeholder has no value */
export function filledIn<T extends object>(template: T, values: Values): T {
  const text = JSON.stringify(template).replace(/\$\{(\w+)\}/g, (placeholder, key: string) => {
    const value = values[key];
    if (value === undefined) throw new TypeError(`the placeholder ${placeholder} of a policy is not known`);
    return value;
  });
  return JSON.parse(text);
}

/**
 * Works in other accounts, calls the functions that are to be told, or itself for a part of the accounts, and reads
 * what channels keep in KMS.
 */
function callsOf(config: Config, values: Values): Statement[] {
  const { accounts = [], resourceDirectory, notify } = config;
  const roles = accounts.flatMap(({ roleArn }) => roleArn ?? []);
  const targets = notify.flatMap((channel) => (channel.type === 'function' ? channel.target.arn : []));
  const secrets = kmsNames(notify).map((name) => `acs:kms:${values.region}:${values.account}:secret/${name}`);
  const many = resourceDirectory !== undefined || accounts.length > config.fanOut.accountsPerRun;
  return [
    ...(roles.length > 0 ? [allow('sts:AssumeRole', roles)] : []),
    ...(resourceDirectory
      ? filledIn(directory.Statement, { ...values, roleName: resourceDirectory.roleName })
      : []),
    ...(many ? filledIn(fanOut.Statement, values) : []),
    ...(targets.length > 0 ? [allow('fc:InvokeFunction', targets)] : []),
    ...(secrets.length > 0 ? [allow('kms:GetSecretValue', secrets)] : []),
  ];
}

/** The KMS secrets that channels name with `${kms:NAME}`, each once. */
function kmsNames(notify: Config['notify']): string[] {
  const values = notify.flatMap((channel): unknown[] => Object.values(channel));
  return [...new Set(values.flatMap((value) => (value instanceof KmsReference ? value.secretName : [])))];
}

const allow = (Action: string, Resource: string[]): Statement => ({ Effect: 'Allow', Action, Resource });

const everyUser = /:user\/\*$/;

function narrowed(statement: Statement, userPrefix: string): Statement {
  if (!listOf(statement.Action).some(writes)) return statement;
  const resources = listOf(statement.Resource).map((one) => one.replace(everyUser, `:user/${userPrefix}*`));
  return { ...statement, Resource: resources.length === 1 ? (resources[0] ?? '') : resources };
}
