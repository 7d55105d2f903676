import { systemClock as clock } from '../../base/clock';
import { type Restored, restoreUser } from '../../inactivity/restore';
import { whileWaiting } from '../text/progress-bar';
import { type Here, openOneAccount } from './accounts';

/** @throws CommandError, EventError where it is not clear in which account; CloudError */
export async function restoreHere(userName: string, here: Here): Promise<Restored> {
  const cloud = await openOneAccount(here);
  const work = restoreUser({
    cloud,
    clock,
    rotation: here.config.rotation,
    userName,
  });
  return whileWaiting(`${userName} is being restored`, work);
}
