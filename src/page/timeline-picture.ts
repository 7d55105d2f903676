import type { KeyStatus, UserStatus } from '../status/account-status';
import { html, type Markup } from './markup';
import { count } from './parts';
import {
  isInside,
  type Lane,
  lanesOf,
  type Mark,
  type MarkKind,
  type Phase,
  placeOf,
  type Stretch,
  ticksOf,
  type Window,
  windowAround,
} from './timeline';

export const roleNames: Readonly<Record<KeyStatus['role'], string>> = {
  current: 'current',
  standby: 'standby',
  old: 'old',
  orphan: 'orphan',
  other: 'foreign',
};

const phaseNames: Readonly<Record<Phase, string>> = {
  standby: 'standby',
  current: 'current',
  replaced: 'replaced, still enabled',
  disabled: 'disabled',
  unused: 'disabled, since when is not known',
  orphan: 'orphan, its secret is lost',
  other: 'foreign: neither issued nor replaced by keyturn',
};

const markNames: Readonly<Record<MarkKind, string>> = {
  lastUse: 'last use',
  limit: 'age limit',
  graceEnds: 'grace ends',
  deletion: 'deletion due',
};

const header = 20;
const laneHeight = 38;
const barTop = 19;
const barHeight = 12;
/** However short a stretch of time is, it is seen. */
const visibleShare = 0.012;

/** What all pictures of an account share. */
export interface Scale {
  /** Of the axis, unique in the page. */
  readonly axisId: string;
  /** Milliseconds. */
  readonly maxAge: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Every width is a share of the whole, so that the picture fits any screen and its letters keep their size. */
export function timelinePicture(
  { user, keys }: UserStatus,
  id: string,
  { axisId, maxAge, now }: Scale,
): Markup {
  const window = windowAround(now, maxAge);
  const lanes = lanesOf(keys, maxAge, now);
  return html`<svg class="timeline" role="img" aria-labelledby="${id}-title" width="100%" height="${header + lanes.length * laneHeight + 2}">
<title id="${id}-title">Time line of the AccessKeys of ${user}. The table below tells the same.</title>
<use href="#${axisId}"/>${lanes.map((lane, index) => laneOf(lane, window, header + index * laneHeight))}
</svg>`;
}

/** Drawn once and used in every picture: a thousand of them would be much of the page. */
export function axis({ axisId, maxAge, now }: Scale): Markup {
  const window = windowAround(now, maxAge);
  const present = placeOf(now, window);
  const ticks = ticksOf(window).map(({ at, label }) => {
    const place = placeOf(at, window);
    const x = percent(place);
    const fits = place > 0.03 && place < 0.97 && Math.abs(place - present) > 0.08;
    return html`<line class="tick" x1="${x}" x2="${x}" y1="16" y2="100%"/>${fits ? html`<text class="tick" x="${x}" y="11">${label}</text>` : undefined}`;
  });
  const x = percent(present);
  return html`<svg class="patterns" width="0" height="0" aria-hidden="true"><defs><g id="${axisId}">${ticks}<line class="now" x1="${x}" x2="${x}" y1="15" y2="100%"/><text class="now" x="${x}" y="11">now</text></g></defs></svg>`;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;

function laneOf({ key, stretches, marks }: Lane, window: Window, top: number): Markup {
  const inside = stretches.filter(({ from, to }) => to >= window.from && from <= window.to);
  return html`<text class="lane" x="0" y="${top + 13}">${key.keyId}<tspan class="told" dx="10">${roleNames[key.role]}, ${count(key.ageDays)} d</tspan></text>${inside.map((stretch) => barOf(stretch, window, top + barTop))}${marks
    .filter(({ at }) => isInside(at, window))
    .map((mark) => markOf(mark, window, top + barTop))}`;
}

function barOf({ phase, from, to, expected }: Stretch, window: Window, top: number): Markup {
  const right = placeOf(to, window);
  const left = Math.max(0, Math.min(placeOf(from, window), right - visibleShare));
  const width = percent(Math.max(right - left, visibleShare));
  const told = `${phaseNames[phase]}: ${day(from)} to ${day(to)}${expected ? ', as things stand' : ''}`;
  return html`<rect class="${phase}${expected ? ' ahead' : ''}" x="${percent(left)}" width="${width}" y="${top}" height="${barHeight}"><title>${told}</title></rect>`;
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

function markOf({ kind, at }: Mark, window: Window, top: number): Markup {
  const x = percent(placeOf(at, window));
  const title = html`<title>${markNames[kind]}: ${day(at)}</title>`;
  return html`<svg class="mark" x="${x}" y="${top + barHeight / 2}" width="1" height="1">${shapes[kind]}${title}</svg>`;
}

/** Drawn around a point. */
const shapes: Readonly<Record<MarkKind, Markup>> = {
  lastUse: html`<circle class="last-use" cy="10" r="3"/>`,
  limit: html`<path class="limit" d="M0 -10V10M-4 -10H4M-4 10H4"/>`,
  graceEnds: html`<path class="grace-ends" d="M0 -7L5 0L0 7L-5 0Z"/>`,
  deletion: html`<path class="deletion" d="M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5"/>`,
};

/** What the bars and marks mean: those that occur. */
export function legend(users: readonly UserStatus[], { maxAge, now }: Scale): Markup {
  const lanes = users.flatMap(({ keys }) => lanesOf(keys, maxAge, now));
  const phases = new Set(lanes.flatMap(({ stretches }) => stretches.map(({ phase }) => phase)));
  const kinds = new Set(lanes.flatMap(({ marks }) => marks.map(({ kind }) => kind)));
  const entry = (sample: Markup, name: string) =>
    html`<li><svg class="sample" width="26" height="22" aria-hidden="true">${sample}</svg>${name}</li>`;
  return html`<ul class="legend" aria-label="Legend of the time lines">
${order(phaseNames, phases).map((phase) => entry(html`<rect class="${phase}" x="0" y="5" width="24" height="12"/>`, phaseNames[phase]))}
${entry(html`<rect class="current ahead" x="0" y="5" width="24" height="12"/>`, 'ahead, as things stand')}
${order(markNames, kinds).map((kind) => entry(html`<svg class="mark" x="12" y="${kind === 'lastUse' ? 1 : 11}" width="1" height="1">${shapes[kind]}</svg>`, markNames[kind]))}
</ul>`;
}

const order = <K extends string>(names: Readonly<Record<K, string>>, present: ReadonlySet<K>): K[] =>
  (Object.keys(names) as K[]).filter((name) => present.has(name));

/** The hatchings that the bars are filled with: once in the page. */
export const patterns = html`<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" width="6" height="6"/><rect class="line" width="3" height="6"/></pattern>
<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="ground" width="6" height="6"/><circle class="dot" cx="3" cy="3" r="1.5"/></pattern>
<pattern id="cross" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="ground" width="6" height="6"/><path class="cross" d="M0 0L6 6M6 0L0 6"/></pattern>
</defs></svg>`;
