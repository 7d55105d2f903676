import type { DateTime } from 'luxon';
import { Duration } from 'luxon';
import { isoDate } from '../../base/time';
import { type Check, fault, judged, unknown } from '../check';
import { daysFrom, eachActiveKey, eachKeyRing, isActive, nameOf } from '../people';

/** Of daily runs: the old key of a rotation is disabled with the run after it is due. */
const nextRun = Duration.fromISO('P1D');
/** So long Alibaba Cloud advises to watch a disabled key of unknown use (RAM documentation, "Rotate AccessKey pairs"). */
const observation = Duration.fromISO('P90D');

export const oldKeys: Check = {
  id: 'old-keys',
  title: 'AccessKeys are rotated in time',
  severity: 'high',
  cis: '1.6',
  remedy: 'Let keyturn rotate the user, or rotate the key by hand.',
  judge: (facts, { rotation }, now) => {
    const latest = now.minus(rotation.maxAge);
    return judged(
      eachActiveKey(facts, ({ id, createdAt }, user) =>
        createdAt < latest ? [fault(`${nameOf(user)} has key ${id} since ${daysFrom(createdAt, now)}.`)] : [],
      ),
      `No enabled key is older than ${daysFrom(latest, now)}.`,
    );
  },
};

export const unusedKeys: Check = {
  id: 'unused-keys',
  title: 'AccessKeys that nothing uses are disabled',
  severity: 'medium',
  remedy: 'Disable the key; disable-inactive does so after inactivity.keys.disableAfter.',
  judge: (facts, { inactivity }, now) => {
    const idleBefore = now.minus(inactivity.keys.disableAfter);
    return judged(
      eachActiveKey(facts, ({ id, createdAt, lastUse }, user) => {
        if (createdAt >= idleBefore) return [];
        const key = `${nameOf(user)}: key ${id}`;
        if (lastUse.kind === 'unread')
          return [unknown(`${key}: the last use could not be read: ${lastUse.why}`)];
        switch (lastUse.value.kind) {
          case 'unreadable':
            return [unknown(`${key}: the last use cannot be read: ${lastUse.value.why}.`)];
          case 'never':
            return [fault(`${key} was never used in ${daysFrom(createdAt, now)}.`)];
          case 'at':
            return lastUse.value.at < idleBefore ? [fault(idleWords(key, lastUse.value.at, now))] : [];
        }
      }),
      `Every enabled key was made or used within ${daysFrom(idleBefore, now)}.`,
    );
  },
};

const idleWords = (key: string, at: DateTime, now: DateTime): string =>
  `${key} was last used ${daysFrom(at, now)} ago, on ${isoDate(at)}.`;

export const severalKeys: Check = {
  id: 'several-keys',
  title: 'No user has more than one enabled AccessKey, but for a rotation under way',
  severity: 'medium',
  remedy: 'Find out which key is in use, disable the other and, when nothing has broken, delete it.',
  judge: (facts, { rotation }, now) => {
    const overlapBegan = now.minus(rotation.grace).minus(rotation.quiet).minus(nextRun);
    return judged(
      eachKeyRing(facts, (keys, user) => {
        const active = keys.filter(isActive);
        if (active.length < 2 || active.some(({ createdAt }) => createdAt >= overlapBegan)) return [];
        const ids = active.map(({ id }) => id).join(', ');
        return [fault(`${nameOf(user)} has ${active.length} enabled keys: ${ids}.`)];
      }),
      'No user has more than one enabled key for longer than a rotation takes.',
    );
  },
};

export const leftoverKeys: Check = {
  id: 'leftover-keys',
  title: 'Disabled AccessKeys are deleted in the end',
  severity: 'low',
  remedy: 'Delete the key: for 30 days it can be brought back from the recycle bin of RAM.',
  judge: (facts, { inactivity }, now) => {
    const latest = now.minus(inactivity.keys.deleteAfter ?? observation);
    return judged(
      eachKeyRing(facts, (keys, user) =>
        keys.flatMap((key) => {
          if (isActive(key) || key.createdAt >= latest) return [];
          const named = `${nameOf(user)}: key ${key.id}`;
          const { disabledAt } = key;
          if (!disabledAt) return [unknown(`${named} is disabled, and RAM does not tell since when.`)];
          return disabledAt < latest
            ? [fault(`${named} is disabled since ${daysFrom(disabledAt, now)}.`)]
            : [];
        }),
      ),
      `No key is disabled for longer than ${daysFrom(latest, now)}.`,
    );
  },
};
