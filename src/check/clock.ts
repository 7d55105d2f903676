import { DateTime, type Duration } from 'luxon';
import type { Clock } from '../base/clock';
import type { Endpoint } from '../cloud/endpoints';
import { failure, type Line, ok, warning } from './line';

const patienceMs = 10_000;
const tolerable = { minutes: 1 };
/** Signatures die at 15 minutes. */
const intolerable = { minutes: 10 };

const setIt = 'Set the clock of this machine by a time server.';

/** Compares this machine's clock with the Date header that the endpoint answers to a plain request. */
export async function clockLines(endpoint: Endpoint, clock: Clock): Promise<Line[]> {
  const before = clock.now();
  const theirs = await dateOf(endpoint);
  const after = clock.now();
  if (!theirs) {
    return [
      warning(
        'clock',
        `The clock could not be compared: ${endpoint.host} told no date.`,
        'See that this machine keeps time by a time server.',
      ),
    ];
  }
  return [verdict(theirs.diff(before.plus(after.diff(before).toMillis() / 2)))];
}

export function verdict(ahead: Duration): Line {
  const off = Math.abs(ahead.toMillis());
  const which = ahead.toMillis() > 0 ? 'slow' : 'fast';
  const text = `The clock of this machine is ${inWords(off)} ${which} against the cloud's.`;
  if (off > minutes(intolerable)) {
    return failure('clock', `${text} At 15 minutes every call is refused.`, setIt);
  }
  if (off > minutes(tolerable)) return warning('clock', text, setIt);
  return ok('clock', "The clock of this machine agrees with the cloud's within a minute.");
}

const minutes = ({ minutes: count }: { minutes: number }): number => count * 60_000;

const inWords = (ms: number): string =>
  ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;

async function dateOf({ protocol, host }: Endpoint): Promise<DateTime | undefined> {
  try {
    const response = await fetch(`${protocol}://${host}/`, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    const date = DateTime.fromHTTP(response.headers.get('date') ?? '', { zone: 'utc' });
    return date.isValid ? date : undefined;
  } catch {
    return undefined;
  }
}
