import { DateTime } from 'luxon';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** What is reckoned from it shares its locale: a sweep holds the dates of many thousand users and keys. */
const epoch = DateTime.fromMillis(0, { zone: 'utc' });

/** A date with time and zone as the cloud writes it, in UTC; `undefined` for every other text. */
export function readInstant(text: string): DateTime | undefined {
  if (!INSTANT.test(text)) return undefined;
  const instant = DateTime.fromISO(text, { zone: 'utc' });
  return instant.isValid ? epoch.plus(instant.toMillis()) : undefined;
}
