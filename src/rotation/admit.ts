import { EventError } from '../config/error';
import type { RotationRequest } from '../config/event';
import type { Config } from '../config/schema';

/** What a person asks for changes things at once, so a configuration that only plans refuses it. @throws EventError */
export function admitRequest(request: RotationRequest, config: Config): void {
  const wish = request.emergency ? 'emergency' : request.rollback ? 'rollback' : undefined;
  if (!wish) return;
  if (config.mode === 'plan' && !request.dryRun && !request.enforce) {
    throw new EventError([
      {
        path: wish,
        message:
          wish === 'emergency'
            ? 'is refused while the configuration says mode: plan; add enforce: true (--enforce) to do it all the same, or dryRun: true to see the plan'
            : 'is refused while the configuration says mode: plan; set mode: enforce, or add dryRun: true to see the plan',
      },
    ]);
  }
  const several = config.resourceDirectory !== undefined || (config.accounts?.length ?? 1) > 1;
  if (wish === 'rollback' && !request.account && several) {
    throw new EventError([
      { path: 'account', message: 'must be named in a rollback, since there are several accounts' },
    ]);
  }
}
