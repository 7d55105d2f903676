export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `2026-11-23T19:07:22Z`, the form of every date in Alibaba Cloud's answers. */
export function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Some clients send fractions of a second; the gateway takes them. */
const WIRE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** Milliseconds since the epoch, or undefined where the text is no date of that form. */
export function parseWireTime(text: string): number | undefined {
  if (!WIRE_TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The cloud's own clock; `skewMs` sets it apart from everybody else's. */
export class CloudClock {
  skewMs = 0;
  readonly #source: () => number;

  constructor(source: () => number) {
    this.#source = source;
  }

  now(): number {
    return this.#source() + this.skewMs;
  }

  /** As in the Date header of an answer. */
  get http(): string {
    return new Date(this.now()).toUTCString();
  }
}
