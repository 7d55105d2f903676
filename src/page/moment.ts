import { DateTime, type Duration } from 'luxon';
import { html, type Markup } from './markup';

export const parsed = (text: string): DateTime => DateTime.fromISO(text, { zone: 'utc' });

/** `2026-11-24 03:00`; a text that is no time is told as it is. */
export function moment(text: string): Markup {
  const time = parsed(text);
  return time.isValid
    ? html`<time datetime="${text}">${time.toFormat('yyyy-MM-dd HH:mm')}</time>`
    : html`${text}`;
}

export const momentOrNone = (text: string | undefined): Markup => (text ? moment(text) : html`–`);

/** `in 3 days`, `5 hours ago`, seen from `now`. */
export function distance(text: string, now: DateTime): string | undefined {
  const time = parsed(text);
  if (!time.isValid) return undefined;
  const minutes = Math.round(time.diff(now).as('minutes'));
  const [count, unit] = inUnits(Math.abs(minutes));
  if (count === 0) return 'now';
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return minutes > 0 ? `in ${words}` : `${words} ago`;
}

function inUnits(minutes: number): [number, string] {
  if (minutes < 90) return [minutes, 'minute'];
  if (minutes < 48 * 60) return [Math.round(minutes / 60), 'hour'];
  return [Math.round(minutes / 60 / 24), 'day'];
}

/** `2026-11-24 03:00 (in 3 days)` */
export function momentAndDistance(text: string, now: DateTime): Markup {
  const away = distance(text, now);
  return html`${moment(text)}${away && html` <span class="soft">(${away})</span>`}`;
}

/** `90 days`, `7 hours`; what is no whole number of those stays ISO 8601. */
export function inWords(duration: Duration): string {
  for (const unit of ['days', 'hours', 'minutes'] as const) {
    const count = duration.as(unit);
    if (Number.isInteger(count) && count > 0) return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
  }
  return duration.toISO() ?? '';
}
