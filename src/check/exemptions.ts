import type { DateTime } from 'luxon';
import type { Exemption } from '../config/schema';
import { type Line, warning } from './line';

/** Exemptions that hold no more. */
export const exemptionLines = (exempt: readonly Exemption[], now: DateTime): Line[] =>
  exempt.flatMap((each) => overLine(each, now));

function overLine(exemption: Exemption, now: DateTime): Line[] {
  const { endsAt, reason } = exemption;
  if (!endsAt || now < endsAt) return [];
  const who =
    'user' in exemption
      ? `user ${exemption.user}`
      : 'group' in exemption
        ? `group ${exemption.group}`
        : `tag ${exemption.tag.key}=${exemption.tag.value}`;
  const lastDay = endsAt.minus({ days: 1 }).toISODate();
  return [
    warning(
      'exemption-over',
      `The exemption of ${who} (${reason}) was over at the end of ${lastDay}, and holds no more.`,
      'Take it out, or set a later until.',
    ),
  ];
}
