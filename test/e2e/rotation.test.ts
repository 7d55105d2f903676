import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Stage } from './stage';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open({ rotation: { users: { names: ['svc-orders'] } } });
});
afterEach(() => stage.close());

const [user] = ['svc-orders'];

test('a user without a key gets one, and rotates through to deletion', async () => {
  stage.account.createUser(user);
  const first = await stage.run();
  console.log(JSON.stringify(first.report, null, 1), first.error);
  for (let day = 1; day < 110; day++) {
    stage.advance('P1D');
    const ran = await stage.run();
    const [report] = ran.report.users;
    if (report?.reason !== 'Current')
      console.log(
        day,
        report?.reason,
        report?.message,
        JSON.stringify(report?.actions),
        JSON.stringify(stage.keys(user)),
        JSON.stringify(stage.stages(user)),
        ran.error?.message,
      );
  }
});
