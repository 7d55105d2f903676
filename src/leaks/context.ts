import type { DateTime } from 'luxon';
import type { Config } from '../config/schema';
import type { RotationContext } from '../rotation/context';

/** What every part of one run on one account works with. */
export interface LeakContext {
  /** For the emergency, which does what there is to do to a key. */
  readonly rotation: RotationContext;
  readonly config: Config;
  /**
   * When people were told what of findings whose key no user here has, so that no tag can remember it. It lives as long
   * as the instance of the function.
   */
  readonly told: Map<string, DateTime>;
}
