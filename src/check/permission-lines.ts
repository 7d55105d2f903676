import type { PermissionReport } from '../report/check-report';
import { failure, type Line, ok, warning } from './line';
import { accountAsked, type Need } from './needs';
import type { Place } from './place';

/** What whoever runs the check may do of what the functions need. */
export function permissionLines(
  place: Place,
  needed: readonly Need[],
  permissions: readonly PermissionReport[],
): Line[] {
  const allowed = permissions.filter(({ result }) => result === 'allowed').length;
  const have = `${place.caller} has ${allowed} of the ${permissions.length} permissions that the functions need.`;
  return [
    ...(allowed > 0 ? [ok('permissions', have)] : []),
    ...permissions.flatMap((permission) => {
      const functions = needed.find(({ action }) => action === permission.action)?.functions ?? [];
      return permission.result === 'denied' ? missingLine(permission, functions, place) : [];
    }),
    ...openLines(permissions),
  ];
}

/** What could not be found out, each reason once. */
export function openLines(permissions: readonly PermissionReport[]): Line[] {
  return [
    ...unprobedLine(permissions.filter(({ result }) => result === 'unprobed')),
    ...unknownLines(permissions.filter(({ result }) => result === 'unknown')),
  ];
}

function missingLine(
  { action, resources, optional }: PermissionReport,
  functions: readonly string[],
  place: Place,
): Line {
  const documents = functions.map((name) => `policies/${name}.json`).join(' and ');
  const tell = optional ? warning : failure;
  const line = tell(
    'permission',
    `${whoAsks(place, action)} lacks ${action} on ${resources.join(', ')}, which ${functions.join(' and ')} ${optional ? 'does better with' : 'needs'}.`,
    `Grant it to run keyturn with these credentials; ${documents} has all that is needed. The deployed functions have roles of their own.`,
  );
  return { ...line, statement: { Effect: 'Allow', Action: [action], Resource: resources } };
}

function whoAsks(place: Place, action: string): string {
  const account = accountAsked(place, action);
  return account === place.account ? place.caller : `Whoever keyturn is in account ${account}`;
}

function unprobedLine(permissions: readonly PermissionReport[]): Line[] {
  if (permissions.length === 0) return [];
  const reasons = groupedBy(permissions, ({ why = '' }) => why).map(
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
function unknownLines(permissions: readonly PermissionReport[]): Line[] {
  return groupedBy(permissions, ({ remedy = '' }) => remedy).map(([remedy, same]) =>
    warning(
      'permissions-unknown',
      `Whether ${same.map(({ action }) => action).join(', ')} is allowed could not be told: ${same[0]?.why ?? ''}`,
      remedy,
    ),
  );
}

export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups];
}
