import { reminderEvery } from '../base/time';
import { type Fact, leakContained } from '../notify/fact';
import type { Notifier } from '../notify/notifier';
import { hasRoom, type Reminder, wasTold, withTold } from '../record/leaks';
import { tagKeys } from '../record/tags';
import type { LeakContext } from './context';
import type { Observation } from './observation';

/**
 * Tells people of a leaked key, the same at most once a day.
 * @returns whether they know of it: told now or lately, or nobody is to be told but the log
 */
export async function tellOnce(
  context: LeakContext,
  { owner, findings: [latest] }: Observation,
  fact: Fact,
): Promise<boolean> {
  const { log, startedAt } = context.rotation;
  const tags = owner.kind === 'user' ? owner.tags : undefined;
  const tale: Reminder = `${latest.id}/${fact.type === 'keyturn.leak.found' ? 'found' : 'dead'}`;
  const before = context.told.get(tale);
  if (tags ? wasTold(tags, tale, startedAt) : before && before.plus(reminderEvery) > startedAt) {
    return true;
  }
  log[fact.type === 'keyturn.leak.found' ? 'error' : 'warn'](
    { notice: fact.type, ...fact.data },
    'leaked AccessKey',
  );
  if (!(await deliver(context, fact))) return false;
  if (owner.kind === 'user') await remember(context, owner.id, tale);
  else context.told.set(tale, startedAt);
  return true;
}

async function deliver({ rotation: { notifier, log } }: LeakContext, fact: Fact): Promise<boolean> {
  if (notifier.due(fact).length === 0) return true;
  const { taken } = await notifier.tell(fact, log);
  return taken.length > 0;
}

/** Reads the tags anew: the user may have two keys that leaked. */
async function remember(
  { rotation: { cloud, clock, log } }: LeakContext,
  userId: string,
  tale: Reminder,
): Promise<void> {
  try {
    const tags = await cloud.ims.listTags(userId);
    if (hasRoom(tags)) await cloud.ims.tag(userId, { [tagKeys.leak]: withTold(tags, tale, clock.now()) });
  } catch (error) {
    log.warn(
      { error },
      'that people were told of a leak could not be noted; the next run may tell them again',
    );
  }
}

/**
 * A channel that is told of the leak need not hear of the containment as such: it is the same event, told with less.
 */
export function withoutEchoes(notifier: Notifier): Notifier {
  return notifier.narrowed((fact, { id }) => {
    if (fact.type !== 'keyturn.accesskey.contained') return true;
    const { account, subject: user, time } = fact;
    const richer = leakContained(time, { account, user, keyId: '', places: [], findings: 0 });
    return !notifier.due(richer).some((channel) => channel.id === id);
  });
}
