import { type Check, type Finding, fault, judged, unknown } from '../check';

/** What RAM sets for accounts of today (RAM notice, "Update to default RAM security settings"); 730 before. */
const longestDays = 365;

/** The net below disable-inactive: RAM itself disables what idles for too long. */
export const idleRule: Check = {
  id: 'idle-rule',
  title: 'RAM itself disables what has been idle for a year',
  severity: 'low',
  remedy: `In the security preference of RAM set MaxIdleDaysForUsers and MaxIdleDaysForAccessKeys to ${longestDays} or less.`,
  judge: ({ securityPreference: preference }) => {
    if (preference.kind === 'unread')
      return judged([unknown(`The security preference could not be read: ${preference.why}`)], '');
    const { maxIdleDaysForAccessKeys: keys, maxIdleDaysForUsers: logons } = preference.value;
    return judged(
      [...tooLong('AccessKeys', keys), ...tooLong('console logons', logons)],
      `RAM disables AccessKeys after ${keys} idle days and console logons after ${logons}.`,
    );
  },
};

function tooLong(what: string, days: number | undefined): Finding[] {
  if (days === undefined) return [unknown(`RAM does not tell after how many idle days it disables ${what}.`)];
  return days > longestDays ? [fault(`RAM disables ${what} only after ${days} idle days.`)] : [];
}
