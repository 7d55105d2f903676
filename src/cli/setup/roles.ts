import disableInactive from '../../../policies/disable-inactive.json';
import platform from '../../../policies/platform.json';
import rotateKeys from '../../../policies/rotate-keys.json';
import trust from '../../../policies/trust.json';
import type { Config } from '../../config/schema';
import { listOf, type PolicyDocument, type Statement, writes } from './policy';
import { protection } from './protection';

/** A role as it should be: trusted by Function Compute alone, with one policy of the same name. */
export interface RolePlan {
  readonly name: string;
  readonly description: string;
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

const functions = [
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
];

/** The roles that the functions run with: what each function needs, and what is owed to this configuration. */
export function rolesFor(config: Config, site: Site): RolePlan[] {
  return functions.map(({ name, description, document }) => {
    const statements = filledIn([...document.Statement, ...platform.Statement], config, site).map(
      (statement) => narrowed(statement, site.userPrefix),
    );
    const denied = protection(statements, config, site);
    return {
      name,
      description,
      trust,
      policy: { Version: '1', Statement: [...statements, ...callsOf(config), ...denied] },
    };
  });
}

function filledIn(
  statements: readonly Statement[],
  { rotation, region: configured }: Config,
  site: Site,
): Statement[] {
  const { name, encryptionKeyId = '*', kmsInstanceId = '*' } = rotation.secret;
  const [secretPrefix = ''] = name.split('{userName}');
  const { account, region, logProject, logStore, failureTopic } = site;
  const values: Readonly<Record<string, string>> = {
    account,
    region: configured ?? region,
    functionRegion: region,
    logProject,
    logStore,
    failureTopic,
    secretPrefix,
    encryptionKeyId,
    kmsInstanceId,
  };
  const text = JSON.stringify(statements).replace(/\$\{(\w+)\}/g, (placeholder, key: string) => {
    const value = values[key];
    if (value === undefined) throw new TypeError(`the placeholder ${placeholder} of a policy is not known`);
    return value;
  });
  return JSON.parse(text);
}

/** Assumes the roles of other accounts, and calls the functions that are to be told. */
function callsOf({ accounts = [], notify }: Config): Statement[] {
  const roles = accounts.flatMap(({ roleArn }) => roleArn ?? []);
  const targets = notify.flatMap((channel) => (channel.type === 'function' ? channel.target.arn : []));
  return [
    ...(roles.length > 0 ? [allow('sts:AssumeRole', roles)] : []),
    ...(targets.length > 0 ? [allow('fc:InvokeFunction', targets)] : []),
  ];
}

const allow = (Action: string, Resource: string[]): Statement => ({ Effect: 'Allow', Action, Resource });

const everyUser = /:user\/\*$/;

function narrowed(statement: Statement, userPrefix: string): Statement {
  if (!listOf(statement.Action).some(writes)) return statement;
  const resources = listOf(statement.Resource).map((one) => one.replace(everyUser, `:user/${userPrefix}*`));
  return { ...statement, Resource: resources.length === 1 ? (resources[0] ?? '') : resources };
}
