import { Argument, type Command, Option } from 'commander';
import { invokeDeployed } from '../deployed/invoke';
import { type Job, jobs, nameOfJob } from '../deployed/names';
import { ownEndpoint, parseTarget, targetNamed } from '../deployed/target';
import { CommandError, exitCode } from '../exit-code';
import { withManual } from '../help';
import { accountOf, openWorkplace, readConfigIfAny } from '../operator/workplace';
import {
  type RotationOptions,
  rotationEvent,
  runCommand,
  withConfigOption,
  withRotationOptions,
} from '../options';

interface InvokeOptions extends RotationOptions {
  function?: string;
  region?: string;
}

export function invokeCommand(): Command {
  const command = runCommand('invoke', 'Call a deployed function, wait for it, and print its report.')
    .addArgument(new Argument('<job>', 'what to call').choices(jobs))
    .addOption(
      new Option('--function <name>', 'name or ARN of the function, also of Function Compute 2.0').default(
        undefined,
        'as s.yaml names it',
      ),
    )
    .option('--region <id>', 'where the function is deployed (default: FC_DEPLOY_REGION)');
  withManual(command, {
    examples: [
      ['invoke rotate --dry-run', 'what the deployed function would do'],
      ['invoke emergency --key-id LTAI5t…', 'where the mail about a leak names the key alone'],
      [
        'invoke emergency --user svc-orders --reason "found on GitHub"',
        'a leaked key is replaced and disabled now, with the permissions of the function',
      ],
      ['invoke disable-inactive --region cn-shanghai', 'where it is deployed somewhere else'],
    ],
    ends: {
      0: 'everything that was due was done; in an emergency: the leaked key is dead',
      1: 'the function failed or could not be called, or nobody can say what became of it',
    },
  });
  return withConfigOption(withRotationOptions(command)).action(async (job: Job, options: InvokeOptions) => {
    refuseWhatCannotBeMeant(job, options);
    const event = rotationEvent(job === 'emergency' ? { ...options, emergency: true } : options);
    const config = readConfigIfAny(options.config);
    const deployment = config?.deployment ?? (process.env.KEYTURN_DEPLOYMENT || 'keyturn');
    const named = options.function ?? nameOfJob(deployment, job);
    const arn = named.startsWith('acs:') ? parseTarget(named) : undefined;
    const workplace = await openWorkplace({ region: arn?.region ?? options.region, config });
    const target = arn ?? targetNamed(named, await accountOf(workplace), workplace.region);
    process.exitCode = await invokeDeployed({
      job,
      event,
      target,
      endpoint: config?.endpoints.fc ?? ownEndpoint(target),
      credentials: workplace.credentials,
      json: options.json === true,
    });
  });
}

/** What the function itself would refuse too, before the seconds that a call takes. */
function refuseWhatCannotBeMeant(job: Job, options: InvokeOptions): void {
  const { user, keyId, containOnly, again, force, enforce } = options;
  const refuse = (message: string) => {
    throw new CommandError(`${message} Nothing was done.`, exitCode.refused);
  };
  const emergency = job === 'emergency' || options.emergency === true;
  const urgent = emergency || keyId || containOnly || again || force || enforce;
  if (job !== 'rotate' && job !== 'emergency' && urgent) refuse('Emergencies are for `invoke emergency`.');
  if (urgent && !emergency) {
    refuse('--key-id, --contain-only, --again, --force and --enforce are for `invoke emergency`.');
  }
  if (emergency && !user && !keyId) refuse('Say whose key leaked with --user, or which with --key-id.');
}
