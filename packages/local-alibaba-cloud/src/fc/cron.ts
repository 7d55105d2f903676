import { DateTime, IANAZone } from 'luxon';

/** Lowest and highest value of each field, seconds first (Function Compute documentation, "Time triggers"). */
const FIELDS = [
  ['second', 0, 59],
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of month', 1, 31],
  ['month', 1, 12],
  ['day of week', 0, 7],
] as const;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const LONGEST_GAP_DAYS = 366 * 8;

/** When a timer fires: `CRON_TZ=Asia/Shanghai 0 0 3 * * *`; in UTC without a zone. */
export interface Cron {
  readonly zone: string;
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
}

/** @throws a TypeError that says what is wrong with the expression */
export function parseCron(expression: string): Cron {
  const [, zone = 'UTC', rest = ''] = /^(?:CRON_TZ=(\S+) )?(.*)$/.exec(expression) ?? [];
  if (!IANAZone.isValidZone(zone)) throw new TypeError(`${zone} is not a time zone`);
  const written = rest.split(' ');
  if (written.length !== FIELDS.length) {
    throw new TypeError(`"${rest}" has ${written.length} fields, but must have 6, seconds first`);
  }
  const [seconds = [], minutes = [], hours = [], days = [], months = [], weekdays = []] = FIELDS.map(
    ([name, lowest, highest], index) => values(written[index] ?? '', name, lowest, highest),
  );
  return { zone, seconds, minutes, hours, days, months, weekdays: weekdays.map((day) => day % 7) };
}

/** The next moment after this one, in milliseconds since the epoch. @throws where there is none for years */
export function nextFire(cron: Cron, after: number): number {
  const start = DateTime.fromMillis(after, { zone: cron.zone });
  for (let ahead = 0; ahead < LONGEST_GAP_DAYS; ahead++) {
    const day = start.startOf('day').plus({ days: ahead });
    if (!isDue(cron, day)) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        for (const second of cron.seconds) {
          const moment = day.set({ hour, minute, second }).toMillis();
          if (moment > after) return moment;
        }
      }
    }
  }
  throw new RangeError('the timer never fires');
}

function isDue({ months, days, weekdays }: Cron, day: DateTime): boolean {
  return months.includes(day.month) && days.includes(day.day) && weekdays.includes(day.weekday % 7);
}

function values(written: string, name: string, lowest: number, highest: number): number[] {
  const all = written.split(',').flatMap((part) => {
    const [, from, to, step] =
      /^(\*|\?|[A-Z\d]+)(?:-([A-Z\d]+))?(?:\/(\d+))?$/.exec(part.toUpperCase()) ?? [];
    const any = from === '*' || from === '?';
    const first = any ? lowest : numberOf(from, name);
    const last = any || (step && !to) ? highest : to ? numberOf(to, name) : first;
    const stride = step ? Number(step) : 1;
    if (!(first >= lowest && last <= highest && first <= last && stride > 0)) {
      throw new TypeError(`"${part}" is no ${name}`);
    }
    return Array.from(
      { length: Math.floor((last - first) / stride) + 1 },
      (_, index) => first + index * stride,
    );
  });
  return [...new Set(all)].sort((a, b) => a - b);
}

function numberOf(text: string | undefined, name: string): number {
  const names: readonly string[] =
    name === 'month' ? ['', ...MONTHS] : name === 'day of week' ? WEEKDAYS : [];
  const index = names.indexOf(text ?? '');
  return text && index >= 0 ? index : Number(text);
}
