import { type DateTime, Duration } from 'luxon';

/** The cloud accepts signatures within 15 minutes of its clock, so no two clocks here are further apart. */
export const skewAllowance = Duration.fromObject({ minutes: 15 });

/** A daily timer comes some seconds early or late; a daily reminder still goes out on every day. */
export const reminderEvery = Duration.fromObject({ hours: 23, minutes: 50 });

/** A time in a sentence for a person: UTC, to the minute. */
export const formatTime = (time: DateTime): string => time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm'Z'");
