import { isoSeconds } from '../base/time';
import type { Exemption } from '../config/schema';
import type { UserReport } from '../report/run-report';
import { userReport } from '../report/user-report';
import type { Look } from '../users/user';

export const exempt = ({ user }: Pick<Look, 'user'>, { reason, endsAt }: Exemption): UserReport =>
  userReport(user, {
    reason: 'Exempt',
    message: `User ${user.name} is exempt${endsAt ? ` until ${isoSeconds(endsAt)}` : ''}: ${reason}`,
    ...(endsAt && { nextCheckAt: endsAt }),
  });
