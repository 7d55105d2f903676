import pc from 'picocolors';
import type { Sighting } from '../../report/used-by';
import type { State } from '../../rotation/decide/reasons';
import type {
  AccountStatus,
  KeyStatus,
  LastUseStatus,
  Status,
  UserStatus,
} from '../../status/account-status';
import { plain, table } from './table';

type Colors = ReturnType<typeof pc.createColors>;

/** Only a person at a terminal wants colours, and not everyone. */
export const wantsColors = (
  out: { readonly isTTY?: boolean } = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
): boolean => out.isTTY === true && !env.NO_COLOR;

const headings = ['USER', 'STATE', 'KEY', 'ROLE', 'AGE', 'LAST USE', 'NEXT', 'AT THE EARLIEST'];

/** These a person must see first. */
const urgent: readonly State[] = ['failed', 'blocked', 'emergency'];

/** What keyturn knows, for a terminal: per account a row per key, and a sentence on whatever a person must see to. */
export function statusText({ at, accounts }: Status, colored: boolean): string {
  const colors = pc.createColors(colored);
  return [`As of ${at}`, ...accounts.map((account) => accountText(account, colors))].join('\n\n');
}

function accountText(status: AccountStatus, colors: Colors): string {
  const { account, region, mode, usersInAccount, users, error } = status;
  const title = colors.bold(`Account ${account}, ${region}, mode ${mode}`);
  if (error) {
    return [title, colors.red(plain(`It could not be read. ${error.code}: ${error.message}`))].join('\n');
  }
  const urgentFirst = [...users.filter(isUrgent), ...users.filter((user) => !isUrgent(user))];
  return [
    title,
    [`${users.length} of ${usersInAccount} users`, ...countsOf(urgentFirst)].join(', '),
    ...(mode === 'plan' ? ['Nothing of it is done until the configuration says mode: enforce.'] : []),
    ...paragraph(usersTable(urgentFirst, status, colors)),
    ...paragraph(urgentFirst.filter(isUrgent).map(({ user, message }) => plain(`${user}: ${message}`))),
    ...paragraph(users.flatMap(usersOfOldKeys).map(plain)),
    ...paragraph(remarksOn(status).map(plain)),
  ].join('\n');
}

const isUrgent = ({ state }: UserStatus): boolean => urgent.includes(state);

const paragraph = (lines: readonly string[]): string[] => (lines.length > 0 ? ['', ...lines] : []);

function countsOf(users: readonly UserStatus[]): string[] {
  const states = [...new Set(users.map(({ state }) => state))];
  return states.map((state) => `${users.filter((user) => user.state === state).length} ${state}`);
}

/** Where the forgotten program is. */
function usersOfOldKeys({ user, keys }: UserStatus): string[] {
  return keys.flatMap(({ keyId, usedBy }) => {
    if (!usedBy) return [];
    const { services, addresses, events } = usedBy;
    return [
      `${user}: the old key ${keyId} was used`,
      ...seen('for', services),
      ...seen('from', addresses),
      ...seen('in', events),
    ];
  });
}

const seen = (how: string, sightings: readonly Sighting[]): string[] =>
  sightings.length > 0 ? [`  ${how} ${sightings.map(({ what, at }) => `${what} (${at})`).join(', ')}`] : [];

function remarksOn({ missing, exemptions, notes = [] }: AccountStatus): string[] {
  return [
    ...missing.map((name) => `The configuration names user ${name}, whom RAM does not know.`),
    ...exemptions
      .filter(({ over }) => over)
      .map(({ who, endsAt }) => `The exemption of ${who} ended at ${endsAt}.`),
    ...notes,
  ];
}

/** Coloured after its columns are laid out, since colours have no width. */
function usersTable(
  users: readonly UserStatus[],
  { rotation }: AccountStatus,
  colors: Colors,
): readonly string[] {
  if (users.length === 0) return [];
  const rows = users.flatMap((user) =>
    rowsOf(user, rotation.maxAge).map((cells) => ({ state: user.state, cells })),
  );
  const [heading = '', ...lines] = table([headings, ...rows.map(({ cells }) => cells)]).split('\n');
  return [colors.dim(heading), ...lines.map((line, index) => painted(line, rows[index]?.state, colors))];
}

function rowsOf(user: UserStatus, maxAge: string): string[][] {
  const [first, ...others] = user.keys;
  const unread = user.state === 'failed';
  const next = user.next ?? (isUrgent(user) && !unread ? 'a person must act' : '');
  const when = user.nextAt ?? (user.next ? 'next run' : '');
  return [
    [
      user.user,
      user.state,
      ...(first ? cellsOf(first, maxAge) : [unread ? 'unread' : 'none', '', '', '']),
      next,
      when,
    ],
    ...others.map((key) => ['', '', ...cellsOf(key, maxAge), '', '']),
  ];
}

function cellsOf({ keyId, role, status, ageDays, lastUse }: KeyStatus, maxAge: string): string[] {
  return [
    keyId,
    status === 'Active' ? role : `${role}, disabled`,
    role === 'current' ? `${ageDays} of ${inDays(maxAge)}` : `${ageDays} d`,
    useOf(lastUse),
  ];
}

const inDays = (duration: string): string => duration.replace(/^P(\d+)D$/, '$1 d');

function useOf(use: LastUseStatus): string {
  if (use.kind === 'at') return use.service ? `${use.at} ${use.service}` : use.at;
  return use.kind === 'never' ? 'never' : 'unread';
}

const shades: Partial<Record<State, 'red' | 'yellow' | 'dim'>> = {
  failed: 'red',
  blocked: 'red',
  emergency: 'red',
  due: 'yellow',
  standby: 'yellow',
  waiting: 'yellow',
  recovery: 'yellow',
  hold: 'dim',
  exempt: 'dim',
  inactive: 'dim',
};

function painted(line: string, state: State | undefined, colors: Colors): string {
  const shade = state && shades[state];
  return shade ? colors[shade](line) : line;
}
