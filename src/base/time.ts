import { type DateTime, Duration } from 'luxon';

/** The cloud accepts signatures within 15 minutes of its clock, so no two clocks here are further apart. */
export const skewAllowance = Duration.fromObject({ minutes: 15 });

/** A daily timer comes some seconds early or late; a daily reminder still goes out on every day. */
export const reminderEvery = Duration.fromObject({ hours: 23, minutes: 50 });

/** `2026-11-23T03:00:00Z`: as programs get it. The part of a second is dropped. */
export const isoSeconds = (time: DateTime): string =>
  time.toUTC().startOf('second').toISO({ suppressMilliseconds: true }) ?? '';

/** `2026-11-23T03:00Z`: in a sentence for a person. */
export const formatTime = (time: DateTime): string =>
  time.toUTC().toISO({ precision: 'minute', suppressSeconds: true }) ?? '';

/** `2026-11-23`, of UTC. */
export const isoDate = (time: DateTime): string => time.toUTC().toISODate() ?? '';
