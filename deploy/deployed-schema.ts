import * as z from 'zod';
import { parseCron } from '../packages/local-alibaba-cloud/index';

/**
 * What `s preview` must make of s.yaml. Serverless Devs and the fc3 component take much that does not work:
 * misspelled properties, odd cron expressions, roles that are no roles, sizes that Function Compute does not sell.
 */

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'must begin with a letter and be at most 64 characters');
const filled = z.string().min(1, 'must not be empty');

const cron = z.string().superRefine((expression, context) => {
  try {
    parseCron(expression);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
  }
});

const payload = z.string().refine((text) => {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}, 'must be a JSON object as text');

/** The service gives keys back in the order of the alphabet, and fc3 takes another order for a difference. */
const ordered = <T extends z.ZodType>(object: T) =>
  z
    .unknown()
    .refine(
      (given) => {
        const keys = Object.keys(given ?? {});
        return keys.join() === keys.toSorted().join();
      },
      { error: 'must have its keys in the order of the alphabet', abort: true },
    )
    .pipe(object);

const timer = z.strictObject({
  triggerName: name,
  triggerType: z.literal('timer'),
  description: z.string().max(256).optional(),
  qualifier: z.literal('LATEST'),
  triggerConfig: z.strictObject({ enable: z.literal(true), cronExpression: cron, payload }),
});

const common = z.strictObject({
  functionName: name,
  description: z.string().max(256),
  region: z.string().regex(/^[a-z]{2}(-[a-z0-9]+)+$/, 'must be a region'),
  runtime: z.literal('nodejs20'),
  handler: z.literal('index.handler'),
  code: z.string().regex(/^\.\/dist\/[a-z-]+$/, 'must be a folder that the build writes'),
  cpu: z.number().min(0.05).max(16).multipleOf(0.05),
  memorySize: z.int().min(128).max(32_768).multipleOf(64),
  diskSize: z.literal([512, 10_240]),
  timeout: z.int().min(60, 'must be enough for an emergency').max(86_400),
  internetAccess: z.literal(true),
  role: z
    .string()
    .regex(/^acs:ram::\d{16}:role\/[a-z0-9.-]{1,64}$/, 'must be acs:ram::ACCOUNT:role/name, in lower case'),
  environmentVariables: z
    .record(z.string().regex(/^(?!FC_)[A-Za-z]\w*$/), z.string())
    .refine((variables) => JSON.stringify(variables).length <= 4096, 'must be at most 4 KB'),
  logConfig: ordered(
    z.strictObject({
      enableInstanceMetrics: z.boolean(),
      enableRequestMetrics: z.boolean(),
      logBeginRule: z.enum(['None', 'DefaultRegex']),
      logstore: filled,
      project: filled,
    }),
  ),
  asyncInvokeConfig: z.strictObject({
    qualifier: z.literal('LATEST', 'must be LATEST, which the service adds: else every deployment asks'),
    asyncTask: z.literal(true),
    maxAsyncRetryAttempts: z.int().min(0).max(8),
    maxAsyncEventAgeInSeconds: z.int().min(1).max(2_592_000),
    destinationConfig: z.strictObject({
      onFailure: z.strictObject({
        destination: z
          .string()
          .regex(/^acs:mns:[a-z0-9-]+:\d{16}:\/topics\/[A-Za-z0-9-]+\/messages$/, 'must be a topic'),
      }),
    }),
  }),
});

type Sizes = Pick<z.infer<typeof common>, 'cpu' | 'memorySize'>;

function sizesFit({ cpu, memorySize }: Sizes, context: z.RefinementCtx): void {
  const gigabytesPerCore = memorySize / 1024 / cpu;
  if (gigabytesPerCore < 1 || gigabytesPerCore > 4) {
    context.addIssue({ code: 'custom', path: ['cpu'], message: 'must be 1 to 4 GB of memory per vCPU' });
  }
}

/** One run at a time, by its timer. */
const onTime = common
  .extend({
    concurrencyConfig: z.strictObject({ reservedConcurrency: z.literal(1) }),
    triggers: z.array(timer).length(1),
  })
  .superRefine(sizesFit);

/** Called by a person, and beside whatever else runs. */
const onCall = common.superRefine(sizesFit);

const resource = <Props extends z.ZodType>(props: Props) =>
  z.strictObject({
    component: z.string().regex(/^fc3@\d+\.\d+\.\d+$/, 'must be pinned'),
    extend: z.strictObject({ name: filled }),
    props,
  });

const resources = z.object({ emergency: resource(onCall) }).catchall(resource(onTime));

const unique = (values: readonly string[]): boolean => new Set(values).size === values.length;

export const deployedSchema = z
  .strictObject({
    edition: z.literal('3.0.0'),
    name: filled,
    access: filled,
    validation: z.literal(true, 'must be true: else a property that fc3 does not know passes'),
    vars: z.record(z.string(), filled),
    template: z.record(z.string(), z.unknown()),
    actions: z.strictObject({
      'pre-deploy': z.array(z.strictObject({ run: filled, path: z.literal('./') })).min(1),
    }),
    resources,
  })
  .superRefine(({ resources }, context) => {
    const all = Object.values(resources).map(({ props: one }) => one);
    const fields = {
      functionName: all.map(({ functionName }) => functionName),
      role: all.map(({ role }) => role),
      code: all.map(({ code }) => code),
      cronExpression: all.flatMap((one) =>
        'triggers' in one ? one.triggers.map(({ triggerConfig }) => triggerConfig.cronExpression) : [],
      ),
    };
    for (const [field, values] of Object.entries(fields)) {
      if (!unique(values))
        context.addIssue({ code: 'custom', path: ['resources'], message: `two functions share a ${field}` });
    }
  });
