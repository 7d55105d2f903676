import { createInterface } from 'node:readline/promises';
import { Command, Option } from 'commander';
import { endpointOf } from '../../cloud/endpoints';
import { RamRoles } from '../../cloud/ram-roles';
import type { Config } from '../../config/schema';
import { type Entrance, memberRole } from '../../setup/member';
import { planFor, regionsLeft, type Step, stateOf, stepText, take } from '../../setup/plan';
import type { RolePlan, Site } from '../../setup/policy';
import { type PrintForm, printed, printForms } from '../../setup/print';
import { rolesFor } from '../../setup/roles';
import { CommandError, exitCode } from '../exit-code';
import { withManual } from '../help';
import { accountOf, openWorkplace, readConfig, type Workplace } from '../operator/workplace';
import { withConfigOption } from '../options';
import { whileWaiting } from '../text/progress-bar';

interface SetupOptions {
  config?: string;
  yes?: true;
  moved?: true;
  print?: PrintForm | true;
  member?: true;
  central?: string;
  userPrefix: string;
  protect?: string[];
  region?: string;
}

export function setupCommand(): Command {
  const command = new Command('setup')
    .description('Create or update the roles and policies that the functions run with.')
    .option('-y, --yes', 'do it without asking')
    .option('--moved', 'let the roles serve another region than before, where nothing is deployed any more')
    .option(
      '--member',
      'instead, the role that the functions assume in this account, which they work on from another',
    )
    .option('--central <account>', 'with --member: where the functions run (default: ALIYUN_ACCOUNT_ID)')
    .addOption(
      new Option('--print [form]', 'print them for another tool, and do nothing').choices(printForms),
    )
    .option('--region <id>', 'where the functions are deployed (default: FC_DEPLOY_REGION)')
    .option('--user-prefix <prefix>', 'let only users be changed whose names begin so', '')
    .option(
      '--protect <name...>',
      'users (or prefix*) that must never be changed, besides those exempt for good',
    );
  withManual(command, {
    examples: [
      ['setup', 'shows what it would change, and asks'],
      ['setup --yes --user-prefix svc- --protect "admin-*"', 'without asking; with tighter policies'],
      ['setup --print terraform > keyturn.tf.json', 'for Terraform to create; nothing is called but STS'],
    ],
    ends: {
      0: 'the roles are as they should be',
      2: 'what was typed, or the configuration, cannot be used, or nobody agreed; nothing was changed',
    },
  });
  return withConfigOption(command).action(async (options: SetupOptions) => {
    const config = readConfig(options.config);
    const workplace = await openWorkplace({ region: options.region, config });
    const site = await siteOf(workplace, options);
    const roles = options.member
      ? [memberRole(config, site, entranceOf(config, site, options))]
      : rolesFor(config, site);
    if (options.print) console.log(printed(roles, options.print === true ? 'json' : options.print));
    else await bringAbout(roles, workplace, options);
  });
}

/** How the functions get into this account. @throws CommandError where the configuration does not say */
function entranceOf(
  { accounts, resourceDirectory }: Config,
  { account }: Site,
  { central = process.env.ALIYUN_ACCOUNT_ID }: SetupOptions,
): Entrance {
  if (!central || !/^\d+$/.test(central)) {
    throw new CommandError(
      'Which account do the functions run in? Say --central with its id, or set ALIYUN_ACCOUNT_ID.',
      exitCode.refused,
    );
  }
  if (central === account) {
    throw new CommandError(
      `These are credentials of account ${account}, where the functions run. --member is for the others: use theirs.`,
      exitCode.refused,
    );
  }
  if (resourceDirectory) return { centralAccount: central, ...resourceDirectory };
  const own = accounts?.find(({ id }) => id === account);
  const roleName = own?.roleArn?.split(':role/')[1];
  if (roleName) return { centralAccount: central, roleName, externalId: own?.externalId };
  throw new CommandError(
    `The configuration does not say which role to assume in account ${account}: it is neither in accounts with a roleArn, nor is there a resourceDirectory.`,
    exitCode.refused,
  );
}

async function siteOf(
  workplace: Workplace,
  { userPrefix, protect = [], member }: SetupOptions,
): Promise<Site> {
  const { SLS_PROJECT = '', SLS_LOGSTORE, MNS_TOPIC } = process.env;
  if (!SLS_PROJECT && !member)
    throw new CommandError('SLS_PROJECT is not set: see .env.example', exitCode.refused);
  const wrong = [userPrefix, ...protect].find((name) => !/^[A-Za-z0-9._-]{0,64}\*?$/.test(name));
  if (wrong !== undefined)
    throw new CommandError(`${wrong} cannot be a user name or prefix`, exitCode.refused);
  return {
    account: await accountOf(workplace),
    region: workplace.region,
    logProject: SLS_PROJECT,
    logStore: SLS_LOGSTORE || 'keyturn',
    failureTopic: MNS_TOPIC || 'keyturn-failures',
    userPrefix: userPrefix.replace(/\*$/, ''),
    protect,
  };
}

async function bringAbout(
  roles: readonly RolePlan[],
  workplace: Workplace,
  { yes, member, moved }: SetupOptions,
): Promise<void> {
  const { gate, credentials, region, endpoints } = workplace;
  const ram = new RamRoles(gate, credentials, endpointOf('ram', region, endpoints));
  const states = await whileWaiting(
    'Reading roles',
    Promise.all(roles.map(async (role) => ({ role, state: await stateOf(ram, role) }))),
  );
  for (const { role, state } of states) {
    const others = state.attached.filter((name) => name !== role.name);
    if (others.length > 0)
      console.log(`Note: the role ${role.name} has ${others.join(', ')} too; that stays.`);
  }
  const steps = states.flatMap(({ role, state }) => planFor(role, state));
  if (steps.length === 0) {
    console.log('The roles and their policies are as they should be.');
    return;
  }
  console.log(steps.map((step, index) => `${index + 1}. ${stepText(step)}`).join('\n'));
  if (!moved) refuseToMove(steps, region);
  if (!yes && !(await agrees())) throw new CommandError('Nothing was changed.', exitCode.refused);
  await takeAll(ram, steps);
  if (!member) console.log('Next: npm run deploy');
}

/** Roles are of the whole account: those of a deployment in another region would lose what they need there. */
function refuseToMove(steps: readonly Step[], region: string): void {
  const left = regionsLeft(steps);
  if (left.length === 0) return;
  throw new CommandError(
    `These roles serve functions in ${left.join(', ')}, and would serve ${region} alone. Nothing was changed. Set KEYTURN_DEPLOYMENT to another name for a second deployment; or, if nothing is deployed in ${left.join(', ')} any more (npm run remove), say --moved.`,
    exitCode.refused,
  );
}

async function takeAll(ram: RamRoles, steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    await take(ram, step);
    console.log(`${index + 1} of ${steps.length} done`);
  }
}

async function agrees(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new CommandError(
      'Nothing was changed: say --yes to do this, or run it in a terminal.',
      exitCode.refused,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Do this? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
