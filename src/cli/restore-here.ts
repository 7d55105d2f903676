import { systemClock as clock } from '../clock';
import { type Restored, restoreUser } from '../inactivity/restore';
import { type Here, openOneAccount } from './accounts-here';

/** @throws CommandError, EventError where it is not clear in which account; CloudError */
export async function restoreHere(userName: string, here: Here): Promise<Restored> {
  const cloud = await openOneAccount(here);
  return restoreUser({ cloud, clock, rotation: here.config.rotation, userName });
}
