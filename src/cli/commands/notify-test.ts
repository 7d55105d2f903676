import { Command, InvalidArgumentError } from 'commander';
import { credentialsOf } from '../../accounts/open';
import { systemClock } from '../../base/clock';
import { endpointOf } from '../../cloud/endpoints';
import { Kms } from '../../cloud/kms';
import type { Secret } from '../../cloud/secret';
import type { Config } from '../../config/schema';
import { testFact } from '../../notify/fact';
import { createNotifier } from '../../notify/notifier';
import { CommandError, exitCode } from '../exit-code';
import { withManual } from '../help';
import { operatorContext } from '../operator/credentials';
import { openWorkplace, readConfig } from '../operator/workplace';
import { withConfigOption } from '../options';
import { whileWaiting } from '../text/progress-bar';
import { table } from '../text/table';

interface NotifyTestOptions {
  config?: string;
  channel?: number;
}

export function notifyTestCommand(): Command {
  const command = new Command('notify-test')
    .description('Send a harmless test event to the channels, and print what came back.')
    .option(
      '--channel <number>',
      'only this one, counted from 1 in the order of the configuration',
      position,
    );
  withManual(command, {
    examples: [
      ['notify-test', 'to every channel'],
      ['notify-test --channel 2', 'to the second one under notify'],
    ],
    ends: { 0: 'every channel took the event', 1: 'at least one did not' },
  });
  return withConfigOption(command).action(async ({ config: file, channel }: NotifyTestOptions) => {
    const config = readConfig(file);
    const { notify, locale, timezone, endpoints } = config;
    if (notify.length === 0) {
      throw new CommandError('The configuration names no channel under notify.', exitCode.refused);
    }
    if (channel !== undefined && channel > notify.length) {
      throw new CommandError(
        `There is no channel ${channel}: the configuration names ${notify.length}.`,
        exitCode.refused,
      );
    }
    const notifier = createNotifier(notify, {
      mode: 'enforce',
      clock: systemClock,
      locale,
      timezone,
      functions: {
        credentials: async () => credentialsOf(await operatorContext()),
        ...(endpoints.fc && { endpoint: endpoints.fc }),
      },
      readSecret: (name) => readSecret(config, name),
    });
    const fact = testFact(systemClock.now(), process.env.ALIYUN_ACCOUNT_ID || 'unknown');
    const wanted = notifier.channels.filter((_, index) => channel === undefined || index === channel - 1);
    const delivery = notifier.deliver(
      fact,
      wanted.map(({ id }) => id),
    );
    const { answers, failed } = await whileWaiting('Waiting for the channels', delivery);
    const rows = wanted.map(({ id, label }) => {
      const failure = failed.find((each) => each.id === id);
      return failure ? [label, 'not delivered', failure.error] : [label, 'delivered', answers[id] ?? ''];
    });
    console.log(table([['CHANNEL', 'RESULT', 'ANSWER'], ...rows]));
    if (failed.length > 0) process.exitCode = exitCode.failed;
  });
}

/** With the operator's credentials, from where the functions read it. */
async function readSecret(config: Config, name: string): Promise<Secret> {
  const { gate, credentials, region } = await openWorkplace({ config });
  const endpoint = endpointOf('kms', config.region ?? region, config.endpoints);
  return new Kms(gate, credentials, endpoint).readText(name);
}

function position(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number from 1.');
}
