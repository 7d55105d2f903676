import { sideBySide } from '../base/side-by-side';
import { some } from '../base/text';
import { decide } from '../rotation/decide/chain';
import { observe } from '../rotation/observe';
import { candidateOf, type RosterUser } from '../users/roster';
import { type Line, warning } from './line';
import type { Place } from './place';
import { troubleOf } from './trouble';

/** Looks at every managed user as a run would, and tells of those that a person must act on first. */
export async function blockedLines(place: Place, users: readonly RosterUser[]): Promise<Line[]> {
  try {
    return await lookAt(place, users, await place.cloud.ownKms.listRamCredentialSecrets());
  } catch (error) {
    return unseenLine('the managed users', error);
  }
}

async function lookAt(
  { cloud, config, clock }: Place,
  users: readonly RosterUser[],
  kmsManaged: ReadonlySet<string>,
): Promise<Line[]> {
  const blocked: { name: string; message: string }[] = [];
  const failed: { name: string; error: unknown }[] = [];
  await sideBySide(users, config.limits.readsPerSecond, async (user) => {
    const { name } = user;
    const { look } = candidateOf(cloud.account, user, kmsManaged);
    try {
      const { tell, message } = decide(
        await observe(cloud, config.rotation, look),
        config.rotation,
        clock.now(),
      );
      if (tell === 'blocked') blocked.push({ name, message });
    } catch (error) {
      failed.push({ name, error });
    }
  });
  const [first] = failed.sort(byName);
  const unseen = first ? unseenLine(some(failed.map(({ name }) => name)), first.error) : [];
  return [...blocked.sort(byName).map(blockedLine), ...unseen];
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

const blockedLine = ({ message }: { message: string }): Line =>
  warning('blocked', message, 'Until then rotation leaves this user as it is, and says so once a day.');

function unseenLine(who: string, error: unknown): Line[] {
  const { text, remedy } = troubleOf(error);
  return [warning('unseen', `Whether ${who} can be rotated could not be told: ${text}`, remedy)];
}
