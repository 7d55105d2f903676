import { Cron as Pattern } from 'croner';
import { HOUR, MINUTE, SECOND } from '../time';

/** When a timer fires: at the moments of a pattern, or at intervals of so many milliseconds. */
export type Cron = { readonly pattern: Pattern } | { readonly interval: number };

const NAMES = /JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT/gi;
const EVERY = /^@every (?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/**
 * `CRON_TZ=Asia/Shanghai 0 0 3 * * *`, in UTC without a zone; or `@every 4m` (Function Compute documentation, "Time
 * triggers"). The documentation is silent on a day of the month together with a day of the week; as in every cron,
 * either is enough.
 * @throws a TypeError that says what is wrong with the expression
 */
export function parseCron(expression: string): Cron {
  const [every, hours = 0, minutes = 0, seconds = 0] = EVERY.exec(expression) ?? [];
  if (every) {
    return { interval: Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND };
  }
  const [, timezone = 'UTC', fields = ''] = /^(?:CRON_TZ=(\S+) )?(.*)$/.exec(expression) ?? [];
  const count = fields.split(' ').length;
  if (count !== 6) throw new TypeError(`"${fields}" has ${count} fields, but must have 6, seconds first`);
  // The library knows more than Function Compute: L, W and #.
  const [unknown] = fields.replace(NAMES, '').match(/[^\d*?,/ -]/) ?? [];
  if (unknown) throw new TypeError(`"${fields}" has a "${unknown}", which is neither a number nor a name`);
  try {
    const pattern = new Pattern(fields, { timezone, mode: '6-part' });
    pattern.nextRun();
    return { pattern };
  } catch (error) {
    throw new TypeError(`"${expression}" is no cron expression: ${(error as Error).message}`);
  }
}

/** The next moment after this one, in milliseconds since the epoch. @throws where there is none for years */
export function nextFire(cron: Cron, after: number): number {
  if ('interval' in cron) return after + cron.interval;
  const next = cron.pattern.nextRun(new Date(after));
  if (!next) throw new RangeError('the timer never fires');
  return next.getTime();
}
