import { CloudError, isCode } from '../cloud/error';
import type { PermissionReport } from '../report/check-report';
import { type Need, resourcesIn } from './needs';
import type { Place } from './place';
import type { Confirmed, ProbeTarget } from './probe-target';
import { NotProbed, type Probe, probes, unknownHere, unprobed } from './probes';
import { isDenied, troubleOf } from './trouble';

type Verdict = Pick<PermissionReport, 'result' | 'why' | 'remedy'>;

/** Asks for each of these permissions in a way that changes nothing, whoever it is that asks. */
export function probePermissions(
  place: Place,
  needed: readonly Need[],
  probeTarget: ProbeTarget,
  confirmed: Confirmed,
): Promise<PermissionReport[]> {
  return Promise.all(
    needed.map(async (need) => {
      const { action } = need;
      const verdict = await verdictOn(action, place, probeTarget, confirmed);
      return {
        account: place.account,
        action,
        ...verdict,
        ...(probes[action]?.optional && { optional: true as const }),
        resources: resourcesIn(place, need),
      };
    }),
  );
}

async function verdictOn(
  action: string,
  place: Place,
  probeTarget: ProbeTarget,
  confirmed: Confirmed,
): Promise<Verdict> {
  const probe = probes[action];
  if (!probe) return { result: 'unprobed', why: unprobed[action] ?? 'no harmless call for it is known' };
  if (probe.at && !confirmed[probe.at]) return { result: 'unprobed', why: unconfirmed[probe.at] };
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
    return { result: 'allowed' };
  } catch (error) {
    if (error instanceof NotProbed) return { result: 'unprobed', why: error.message };
    if (isDenied(error)) {
      return action.endsWith(`:${error.action}`)
        ? { result: 'denied' }
        : { result: 'unprobed', why: `that takes ${error.action}, which is refused` };
    }
    if (isCode(error, 'InvalidAction.NotFound', 'InvalidApi.NotFound')) {
      return { result: 'unprobed', why: unknownHere };
    }
    if (isAbsence(error)) return { result: 'allowed' };
    const { text, remedy } = troubleOf(error);
    return { result: 'unknown', why: text, remedy };
  }
}

/** That it is not there is told only to who may ask. */
const isAbsence = (error: unknown): boolean =>
  error instanceof CloudError && error.status === 404 && !error.code.startsWith('InvalidAccessKeyId');
