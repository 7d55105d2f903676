import { Command, InvalidArgumentError } from 'commander';
import { LocalCloud } from '../../../local/cloud';
import { furnish, introduction } from '../local-account';

export function localCommand(): Command {
  return new Command('local')
    .description('Serve an Alibaba Cloud of your own on this machine, until stopped.')
    .option('-p, --port <number>', 'the port (default: any free one)', port)
    .option('--seed <number>', 'the same seed gives the same ids', Number)
    .action(async ({ port = 0, seed }: { port?: number; seed?: number }) => {
      const cloud = await LocalCloud.start({ port, seed, recordCalls: false });
      console.log(introduction(cloud, furnish(cloud)));
      const stop = () => void cloud.stop();
      process.once('SIGINT', stop).once('SIGTERM', stop);
    });
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('It must be a port, 0 to 65535.');
}
