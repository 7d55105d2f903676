import { credentialsOf } from '../accounts/open';
import { endpointOf } from '../cloud/endpoints';
import { RamRoles } from '../cloud/ram-roles';
import { planFor, type RoleState, type Step, stateOf } from '../setup/plan';
import { listOf, type PolicyDocument, type RolePlan, type Site } from '../setup/policy';
import { rolesFor } from '../setup/roles';
import { failure, type Line, ok, warning } from './line';
import { type Asker, gateFor } from './place';
import { troubleOf } from './trouble';

/** Where the functions are deployed, as the environment tells. */
export interface Deployment {
  readonly region: string;
  /** Default: the account of the credentials. */
  readonly account?: string | undefined;
  readonly logProject?: string | undefined;
  readonly logStore: string;
  readonly failureTopic: string;
}

const setup = 'Run `keyturn setup`: it shows what it would change before it asks.';

/** Whether the roles of the deployed functions are as `keyturn setup` makes them. */
export async function roleLines(asker: Asker, deployment: Deployment): Promise<Line[]> {
  const { config, context, identity } = asker;
  const { logProject, account = identity.accountId } = deployment;
  if (!logProject) {
    return [
      warning(
        'role',
        'The roles of the deployed functions could not be checked: SLS_PROJECT is not set.',
        'Set it, here or in .env, as .env.example says, unless keyturn is never deployed.',
      ),
    ];
  }
  if (account !== identity.accountId) {
    return [
      warning(
        'role',
        `The roles of the deployed functions are in account ${account}, where these credentials cannot look.`,
        `Run the check with credentials of account ${account}.`,
      ),
    ];
  }
  const site: Site = { ...deployment, account, logProject, userPrefix: '', protect: [] };
  const endpoint = endpointOf('ram', site.region, config.endpoints);
  const ram = new RamRoles(gateFor(asker, account, 'plan'), credentialsOf(context), endpoint);
  return Promise.all(rolesFor(config, site).map((role) => roleLine(role, ram)));
}

async function roleLine(role: RolePlan, ram: RamRoles): Promise<Line> {
  try {
    return lineFor(role, await stateOf(ram, role));
  } catch (error) {
    const { text, remedy } = troubleOf(error);
    return warning('role', `The role ${role.name} could not be checked: ${text}`, remedy);
  }
}

export function lineFor(role: RolePlan, state: RoleState): Line {
  const steps = planFor(role, state);
  if (state.trust === undefined) {
    return failure('role', `The role ${role.name} does not exist, so its function cannot run.`, setup);
  }
  const [replace] = steps.filter((step) => step.do === 'replacePolicy');
  const wrong = steps.flatMap((step) => shortcomings[step.do]?.(role.name) ?? []);
  const missing = replace ? actionsMissing(role.policy, replace.before) : [];
  if (missing.length > 0) wrong.push(`its policy does not grant ${missing.join(', ')}`);
  if (wrong.length > 0) return failure('role', `The role ${role.name}: ${wrong.join('; ')}.`, setup);
  if (!replace) return ok('role', `The role ${role.name} has the policy that \`keyturn setup\` gives it.`);
  return warning(
    'role',
    `The policy of the role ${role.name} grants every action, but is not the one that \`keyturn setup\` would give it.`,
    'Nothing, if setup was run with --user-prefix or --protect, or with another configuration on purpose; else run it again.',
  );
}

const shortcomings: Partial<Record<Step['do'], (name: string) => string>> = {
  updateTrust: () => 'its trust policy is not the one that lets Function Compute alone assume it',
  createPolicy: (name) => `there is no policy ${name}`,
  attach: (name) => `the policy ${name} is not attached to it`,
};

/** Actions, whatever their resources. */
function actionsMissing(wanted: PolicyDocument, actual: PolicyDocument | undefined): string[] {
  const patterns = granted(actual).map(
    (action) => new RegExp(`^${action.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i'),
  );
  return granted(wanted).filter((action) => !patterns.some((pattern) => pattern.test(action)));
}

const granted = (document: PolicyDocument | undefined): string[] => [
  ...new Set(
    (document?.Statement ?? []).flatMap(({ Effect, Action }) => (Effect === 'Allow' ? listOf(Action) : [])),
  ),
];
