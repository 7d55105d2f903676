import type { FunctionAnswer } from '../../check/function-lines';
import { troubleOf } from '../../check/trouble';
import { CloudError } from '../../cloud/error';
import { scrub } from '../../cloud/scrub';
import type { RunReport } from '../../report/run-report';
import { type Answer, type Invocation, invokeAndWait } from '../function-compute';

/** Asks a deployed function to check itself, and waits for what it says. */
export async function askFunction(order: Omit<Invocation, 'event'>): Promise<FunctionAnswer> {
  try {
    return answerOf(await invokeAndWait({ ...order, event: JSON.stringify({ check: true }) }));
  } catch (error) {
    const status = error instanceof CloudError ? error.status : undefined;
    if (status === 404) return { kind: 'absent' };
    const { text, remedy } = troubleOf(error);
    if (status === 403) return { kind: 'silent', trouble: forbidden, statement: mayInvoke };
    if (status === 429) return { kind: 'silent', trouble: { text, remedy: 'Repeat the check later.' } };
    return { kind: 'silent', trouble: { text, remedy } };
  }
}

const forbidden = {
  text: 'you may not call functions.',
  remedy: 'Add this statement to a policy of whoever runs the check:',
};
const mayInvoke = { Effect: 'Allow', Action: ['fc:InvokeFunction'], Resource: ['*'] } as const;

const deployAgain = 'Deploy it again: `npm run deploy`.';

function answerOf({ body, errorType }: Answer): FunctionAnswer {
  const said = parsed(body);
  if (!errorType) {
    const { check } = said as Partial<RunReport>;
    if (check) return { kind: 'answered', report: check };
    return { kind: 'silent', trouble: { text: 'it answered with something else.', remedy: deployAgain } };
  }
  const { errorMessage } = said as { errorMessage?: unknown };
  const text = typeof errorMessage === 'string' ? scrub(errorMessage) : 'it failed without saying why.';
  if (/^keyturn event: /.test(text)) {
    return {
      kind: 'silent',
      trouble: { text: 'it is of a version that knows no check.', remedy: deployAgain },
    };
  }
  return {
    kind: 'failed',
    trouble: { text, remedy: 'Correct the configuration that it was deployed with, and deploy it again.' },
  };
}

function parsed(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
