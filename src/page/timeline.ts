import type { KeyStatus } from '../status/account-status';

/** What a key is for a stretch of time. `unused`: disabled, and nobody can tell since when. */
export type Phase = 'standby' | 'current' | 'replaced' | 'disabled' | 'unused' | 'orphan' | 'other';

/** Milliseconds since 1970, like all times here. */
export interface Stretch {
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
  /** It lies ahead, as things stand. */
  readonly expected: boolean;
}

export type MarkKind = 'lastUse' | 'limit' | 'graceEnds' | 'deletion';

export interface Mark {
  readonly kind: MarkKind;
  readonly at: number;
}

export interface Lane {
  readonly key: KeyStatus;
  readonly stretches: readonly Stretch[];
  readonly marks: readonly Mark[];
}

export interface Window {
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

/** One window for all users of an account, so that their pictures can be compared: a bit more than a life of a key. */
export function windowAround(now: number, maxAge: number): Window {
  return { from: now - maxAge * 1.15, to: now + maxAge * 0.55, now };
}

/** Where a time lies in the window, from 0 to 1; what lies outside is put on its edge. */
export function placeOf(time: number, { from, to }: Window): number {
  return Math.min(1, Math.max(0, (time - from) / (to - from)));
}

export const isInside = (time: number, { from, to }: Window): boolean => time >= from && time <= to;

export function lanesOf(keys: readonly KeyStatus[], maxAge: number, now: number): Lane[] {
  const promotedAt = keys.find(({ role }) => role === 'current')?.currentSince;
  return keys.map((key) => ({
    key,
    stretches: stretched(key, livesOf(key, promotedAt, maxAge, now), now),
    marks: marksOf(key, maxAge),
  }));
}

/** A phase and its end. The end is ahead where that is what will be, as things stand. */
type Life = readonly [Phase, until: number];

function livesOf(key: KeyStatus, promotedAt: string | undefined, maxAge: number, now: number): Life[] {
  const { role, status, disabledAt } = key;
  if (role === 'old') return livesOfOld(key, ms(promotedAt), now);
  if (role === 'current') return livesOfCurrent(key, maxAge, now);
  const until = status === 'Active' ? now : ms(disabledAt);
  return [...(until === undefined ? [] : [[role, until] as const]), ...disabled(key, now)];
}

function livesOfOld(key: KeyStatus, promotedAt: number | undefined, now: number): Life[] {
  const { status, replacedAt, graceEndsAt, disabledAt } = key;
  const replaced = ms(replacedAt) ?? promotedAt ?? now;
  const until = status === 'Active' ? laterOf(now, ms(graceEndsAt)) : (ms(disabledAt) ?? replaced);
  return [['current', replaced], ['replaced', until], ...disabled(key, now)];
}

function livesOfCurrent(key: KeyStatus, maxAge: number, now: number): Life[] {
  const { status, currentSince, createdAt, disabledAt } = key;
  const until = status === 'Active' ? laterOf(now, ms(createdAt), maxAge) : ms(disabledAt);
  if (until === undefined) return disabled(key, now);
  return [['standby', ms(currentSince) ?? -Infinity], ['current', until], ...disabled(key, now)];
}

function disabled({ status, disabledAt, deletedFrom }: KeyStatus, now: number): Life[] {
  if (status === 'Active') return [];
  return disabledAt ? [['disabled', laterOf(now, ms(deletedFrom))]] : [['unused', now]];
}

/** One after the other from the creation on; what is told out of order takes no time. */
function stretched({ createdAt }: KeyStatus, lives: readonly Life[], now: number): Stretch[] {
  // A key that was created this very moment is seen too.
  let from = Math.min(ms(createdAt) ?? now, now - 1);
  return lives.flatMap(([phase, until]) => {
    const begins = from;
    from = Math.max(from, until);
    const past = { phase, from: begins, to: Math.min(from, now), expected: false };
    const ahead = { phase, from: Math.max(begins, now), to: from, expected: true };
    return [past, ahead].filter((stretch) => stretch.to > stretch.from);
  });
}

function marksOf(key: KeyStatus, maxAge: number): Mark[] {
  const { role, status, createdAt, lastUse, graceEndsAt, deletedFrom } = key;
  const created = ms(createdAt);
  const marks: [MarkKind, number | undefined][] = [
    ['lastUse', lastUse.kind === 'at' ? ms(lastUse.at) : undefined],
    ['limit', role === 'current' && created !== undefined ? created + maxAge : undefined],
    ['graceEnds', status === 'Active' ? ms(graceEndsAt) : undefined],
    ['deletion', status === 'Inactive' ? ms(deletedFrom) : undefined],
  ];
  return marks.flatMap(([kind, at]) => (at === undefined ? [] : [{ kind, at }]));
}

function ms(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

const laterOf = (now: number, time: number | undefined, plus = 0): number =>
  time === undefined ? now : Math.max(now, time + plus);

export interface Tick {
  readonly at: number;
  readonly label: string;
}

const DAY = 86_400_000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Four to eight round times in the window. */
export function ticksOf(window: Window): Tick[] {
  const days = (window.to - window.from) / DAY;
  if (days > 45)
    return monthTicks(window, [1, 2, 3, 6, 12, 24, 60, 120].find((n) => days / 30.4 / n <= 7) ?? 240);
  const hours = [1, 3, 6, 12, 24, 48, 168].find((n) => (days * 24) / n <= 7) ?? 168;
  return evenTicks(window, hours * 3_600_000);
}

function monthTicks({ from, to }: Window, step: number): Tick[] {
  const first = new Date(from);
  const ticks: Tick[] = [];
  let month = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  for (; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12);
    if (at > to) return ticks;
    const name = months[month % 12] ?? '';
    const label = month % 12 === 0 ? String(Math.floor(month / 12)) : name;
    if (at >= from) ticks.push({ at, label });
  }
}

function evenTicks({ from, to }: Window, step: number): Tick[] {
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const time = new Date(at).toISOString();
    ticks.push({ at, label: step < DAY ? time.slice(11, 16) : time.slice(5, 10) });
  }
  return ticks;
}
