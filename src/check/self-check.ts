import type { SelfCheck } from '../run/use-case';

/** Its code is loaded at the first check, so that no other start of a function waits for it. */
export const selfCheck: SelfCheck = async (run, job) => {
  const { checkOwnPermissions } = await import('./own-permissions');
  return checkOwnPermissions(run, job);
};
