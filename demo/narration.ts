import { DAY } from '../packages/local-alibaba-cloud/index';
import type { Cast } from './cast';
import { EMERGENCY_LATENCY_MS } from './measured';
import type { Event, FoundKey, Refusals, Replacement, Story, Totals } from './story';
import { timeline } from './timeline';
import { MAX_AGE } from './times';

const WIDTH = 110;

/** Who is in it and by which rules, before anything happens. */
export function prologue({ members, people }: Cast, { days, seed }: { days: number; seed: number }): string {
  return lines(
    `keyturn: ${days === 1 ? '1 day' : `${days} days`} in the life of an Alibaba Cloud account (seed ${seed})`,
    '',
    ...wrapped(
      'Every RAM user below has a program that signs a call with its AccessKey every hour and reads its secret from KMS ' +
        'about every six hours. Every night at 03:00 keyturn runs, built and hosted as on Function Compute, with a role ' +
        'that may do exactly what policies/rotate-keys.json says. The cloud is a local one: real HTTP, real signatures.',
    ),
    '',
    ...wrapped(
      'A key lives 30 days. Then a new one is issued, stored in KMS, proven to sign, and promoted. The old key has 2 days ' +
        'of grace, and is disabled only when it has been quiet for 24 hours; 7 days later it is deleted. One rotation begins ' +
        'a night at most, so that a new deployment spreads by itself.',
    ),
    '',
    ...wrapped(
      'At 04:00 disable-inactive follows, with exactly policies/disable-inactive.json: users and keys that nobody has used ' +
        'for 83 days are warned of, and 7 days later they are disabled.',
    ),
    '',
    ...wrapped(
      'respond-to-leaks looks every five minutes whether Security Center has found a key in public code, with exactly ' +
        'policies/respond-to-leaks.json. It is played where there is something to find.',
    ),
    '',
    'THE CAST',
    ...[...members, ...people].flatMap(({ user, about }) => wrapped(about, `  ${user.padEnd(14)}`)),
    '',
  );
}

export function epilogue(story: Story): string {
  return lines(
    'TIME LINE',
    ...timeline(story),
    '',
    'WHAT HAPPENED, as keyturn says it; each thing the first time that it comes up',
    ...story.events.flatMap(told),
    '',
    ...(story.emergency ? emergencyTold(story.emergency) : []),
    ...(story.leak ? leakTold(story.leak) : []),
    'IN THE END',
    ...table(story.totals),
    '',
    ...verdict(story),
  );
}

const told = ({ at, user, what }: Event): string[] =>
  wrapped(shortened(what), `  ${dateOf(at)}  ${user.padEnd(14)}`);

function emergencyTold({
  at,
  user,
  leakedKeyId,
  newKeyId,
  callsInARow,
  ms,
  failedCalls,
}: Replacement & Refusals): string[] {
  const calls = failedCalls === 1 ? '1 call' : `${failedCalls} calls`;
  return [
    'THE EMERGENCY',
    `  ${dateOf(at)}, 14:10. The key of ${user} is found in a public repository. Somebody invokes:`,
    `    {"users":["${user}"],"emergency":true,"reason":"found in a public repository"}`,
    ...wrapped(
      `${shortened(leakedKeyId)} is dead and ${shortened(newKeyId)} is current after ${callsInARow} calls one after another. ` +
        `The program, which knew nothing of it, had ${calls} refused, read its secret again, and went on.`,
      '  ',
    ),
    `  Measured here, and different each time: ${Math.round(ms)} ms from the invocation to the leaked key's end,`,
    `  with ${EMERGENCY_LATENCY_MS} ms on the way to the cloud and back at every call.`,
    '',
  ];
}

function leakTold({
  at,
  user,
  leakedKeyId,
  newKeyId,
  remark,
  waited,
  ms,
  callsInARow,
  failedCalls,
}: FoundKey & Refusals): string[] {
  const calls = failedCalls === 1 ? '1 call' : `${failedCalls} calls`;
  return [
    'THE LEAK',
    ...wrapped(
      `${dateOf(at)}, 16:12. Security Center finds the key of ${user} in public code. Nobody reads the mail; ` +
        `${waited / 1000} seconds later the timer of respond-to-leaks fires. ${shortened(leakedKeyId)} is dead and ` +
        `${shortened(newKeyId)} is current after ${callsInARow} calls one after another, and the finding is marked: ` +
        `"${shortened(remark)}" The program had ${calls} refused, read its secret again, and went on.`,
      '  ',
    ),
    `  Measured here, and different each time: ${Math.round(ms)} ms from the run's start to the leaked key's end.`,
    '',
  ];
}

function table(totals: Totals): string[] {
  const { runs, killed, rotations, deletions, calls, failedCalls, keysAlive, orphans, longestAge, idle } =
    totals;
  const rows: [string, string][] = [
    ['runs of rotate-keys', `${count(runs)}${killed > 0 ? `, ${killed} of them killed half-way` : ''}`],
    ['rotations', count(rotations)],
    ['old keys deleted', count(deletions)],
    ['calls made by programs', count(calls)],
    ['calls failed', `${count(failedCalls)}${failedCalls > 0 ? ' (see above)' : ''}`],
    ['runs of disable-inactive', count(idle.runs)],
    ['idle users and keys', `${idle.warned} warned, ${idle.disabled} disabled, ${idle.restored} restored`],
    ['keys alive', count(keysAlive)],
    ['orphans', count(orphans)],
    ['longest age of a current key', `${(longestAge / DAY).toFixed(1)} days, due at ${MAX_AGE / DAY}`],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(30)}${value}`);
}

function verdict({ troubles, emergency, leak }: Story): string[] {
  if (troubles.length > 0) {
    return ['THIS WENT WRONG', ...troubles.flatMap((trouble) => wrapped(trouble, '  '))];
  }
  const except = emergency ? ` outside of the emergency${leak ? ' and the leak' : ''}` : '';
  return [`Not one call failed${except}, and every safety rule was kept at every call.`];
}

/** `LTAI5t…9fQk`: enough to tell keys apart. */
const shortened = (text: string): string =>
  text.replaceAll(/\b(LTAI5t)[A-Za-z0-9]{14}([A-Za-z0-9]{4})\b/g, '$1…$2');

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const count = (value: number): string => value.toLocaleString('en-US');
const lines = (...all: string[]): string => `${all.join('\n')}\n`;

/** Breaks between words; what follows the first line stands below the text, not below the head. */
function wrapped(text: string, head = ''): string[] {
  const room = WIDTH - head.length;
  const rows = text.split(' ').reduce<string[]>((all, word) => {
    const row = all.at(-1);
    if (row !== undefined && row.length + 1 + word.length <= room) all.splice(-1, 1, `${row} ${word}`);
    else all.push(word);
    return all;
  }, []);
  return rows.map((row, index) => (index === 0 ? head : ' '.repeat(head.length)) + row);
}
