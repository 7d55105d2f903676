import type { Command } from 'commander';
import { systemClock } from '../../base/clock';
import { adoptKey } from '../../rotation/adopt';
import { withManual } from '../help';
import { pairFromInput } from '../operator/pair-from-input';
import { configForWish, runUserCommand, type WishOptions, wishCommand } from '../operator/user-command';

export function adoptCommand(): Command {
  const command = wishCommand(
    'adopt',
    'Bring an existing key, its secret read from standard input, under keyturn: proven, then stored.',
  );
  return withManual(command, {
    examples: [
      ['adopt svc-orders < pair.json', '{"AccessKeyId":"LTAI…","AccessKeySecret":"…"}'],
      ['adopt svc-orders', 'asks for both at the terminal'],
    ],
    ends: {
      0: 'the key is proven and in its secret',
      1: 'it was refused, or does not sign; nothing was stored',
    },
  }).action(async (user: string, options: WishOptions) => {
    const config = configForWish(options);
    const pair = await pairFromInput();
    await runUserCommand(config, options, (cloud) =>
      adoptKey({
        cloud,
        clock: systemClock,
        rotation: config.rotation,
        userName: user,
        pair,
      }),
    );
  });
}
