import { CloudError, isCode } from '../cloud/error';
import { filledIn, valuesOf } from '../setup/placeholders';
import { listOf } from '../setup/policy';
import { functions as deployed } from '../setup/roles';
import { failure, type Line, ok, type Trouble, warning } from './line';
import type { Place } from './place';
import type { Confirmed, ProbeTarget } from './probe-target';
import { NotProbed, type Probe, probes, unknownHere, unprobed } from './probes';
import { isDenied, troubleOf } from './trouble';

export interface Need {
  readonly action: string;
  /** As policies write them, with placeholders. */
  readonly resources: readonly string[];
  readonly functions: readonly string[];
}

type Verdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'unprobed'; readonly why: string }
  | { readonly kind: 'unknown'; readonly error: unknown };

/** What the functions need, each action once. */
export function needs(): Need[] {
  const grants = deployed.flatMap(({ name, document }) =>
    document.Statement.flatMap(({ Action, Resource }) =>
      listOf(Action).map((action) => ({
        action,
        name,
        resources: listOf(Resource),
      })),
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

/** Asks for every permission of the functions in a way that changes nothing. */
export async function permissionLines(
  place: Place,
  probeTarget: ProbeTarget,
  confirmed: Confirmed,
): Promise<Line[]> {
  const found = await Promise.all(
    needs().map(async (need) => ({
      need,
      verdict: await verdictOn(need.action, place, probeTarget, confirmed),
    })),
  );
  const allowed = found.filter(({ verdict }) => verdict.kind === 'allowed').length;
  const have = `${place.caller} has ${allowed} of the ${found.length} permissions that the functions need.`;
  return [
    ...(allowed > 0 ? [ok('permissions', have)] : []),
    ...found.flatMap(({ need, verdict }) => (verdict.kind === 'denied' ? missingLine(need, place) : [])),
    ...unprobedLine(
      found.flatMap(({ need: { action }, verdict }) =>
        verdict.kind === 'unprobed' ? { action, why: verdict.why } : [],
      ),
    ),
    ...unknownLines(
      found.flatMap(({ need: { action }, verdict }) =>
        verdict.kind === 'unknown' ? { action, ...troubleOf(verdict.error) } : [],
      ),
    ),
  ];
}

async function verdictOn(
  action: string,
  place: Place,
  probeTarget: ProbeTarget,
  confirmed: Confirmed,
): Promise<Verdict> {
  const probe = probes[action];
  if (!probe) return { kind: 'unprobed', why: unprobed[action] ?? 'no harmless call for it is known' };
  if (probe.at && !confirmed[probe.at]) return { kind: 'unprobed', why: unconfirmed[probe.at] };
  return outcomeOf(action, probe, place, probeTarget);
}

const unconfirmed = {
  user: 'it could not be confirmed that the user to try it on does not exist',
  secret: 'it could not be confirmed that the secret to try it on does not exist',
};

async function outcomeOf(
  action: string,
  probe: Probe,
  place: Place,
  probeTarget: ProbeTarget,
): Promise<Verdict> {
  try {
    await probe.call(place, probeTarget);
    return { kind: 'allowed' };
  } catch (error) {
    if (error instanceof NotProbed) return { kind: 'unprobed', why: error.message };
    if (isDenied(error)) {
      return action.endsWith(`:${error.action}`)
        ? { kind: 'denied' }
        : { kind: 'unprobed', why: `that takes ${error.action}, which is refused` };
    }
    if (isCode(error, 'InvalidAction.NotFound', 'InvalidApi.NotFound')) {
      return { kind: 'unprobed', why: unknownHere };
    }
    return isAbsence(error) ? { kind: 'allowed' } : { kind: 'unknown', error };
  }
}

/** That it is not there is told only to who may ask. */
const isAbsence = (error: unknown): boolean =>
  error instanceof CloudError && error.status === 404 && !error.code.startsWith('InvalidAccessKeyId');

function missingLine({ action, resources, functions }: Need, place: Place): Line {
  const { caller, account } = principalFor(action, place);
  const where = filledIn(resources, valuesIn(account, place)).join(', ');
  const documents = functions.map((name) => `policies/${name}.json`).join(' and ');
  const optional = probes[action]?.optional;
  const tell = optional ? warning : failure;
  return tell(
    'permission',
    `${caller} lacks ${action} on ${where}, which ${functions.join(' and ')} ${optional ? 'does better with' : 'needs'}.`,
    `Grant it to run keyturn with these credentials; ${documents} has all that is needed. The deployed functions have roles of their own.`,
  );
}

/** Where the functions' own logs and alarms go is not asked for. */
const valuesIn = (account: string, { cloud, config }: Place) =>
  valuesOf(config, {
    account,
    region: cloud.region,
    logProject: '*',
    logStore: '*',
    failureTopic: '*',
    userPrefix: '',
    protect: [],
  });

/** Secrets may lie in the KMS of another account; whether KMS itself rotates a user is asked in the user's own. */
function principalFor(action: string, { account, caller, config }: Place) {
  const recordWriter = config.rotation.secret.account ?? account;
  if (recordWriter === account || !action.startsWith('kms:') || action === 'kms:ListSecrets')
    return { caller, account };
  return { caller: `Whoever keyturn is in account ${recordWriter}`, account: recordWriter };
}

function unprobedLine(actions: readonly { action: string; why: string }[]): Line[] {
  if (actions.length === 0) return [];
  const reasons = groupedBy(actions, ({ why }) => why).map(
    ([why, same]) => `${same.map(({ action }) => action).join(', ')} (${why})`,
  );
  return [
    warning(
      'permissions-not-probed',
      `Not probed: ${reasons.join('; ')}.`,
      'Nothing, where the policies were granted as `keyturn setup` makes them; else compare them with policies/*.json.',
    ),
  ];
}

/** What could not be told for one reason is one line. */
function unknownLines(actions: readonly ({ action: string } & Trouble)[]): Line[] {
  return groupedBy(actions, ({ remedy }) => remedy).map(([remedy, same]) =>
    warning(
      'permissions-unknown',
      `Whether ${same.map(({ action }) => action).join(', ')} is allowed could not be told: ${same[0]?.text ?? ''}`,
      remedy,
    ),
  );
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups];
}
