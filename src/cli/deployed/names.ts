import { deployedName } from '../../setup/roles';

/** Which function does a job. */
const functionOf = {
  rotate: 'rotate-keys',
  'disable-inactive': 'disable-inactive',
  'respond-to-leaks': 'respond-to-leaks',
  emergency: 'emergency',
} as const;

export type Job = keyof typeof functionOf;

export const jobs = Object.keys(functionOf) as readonly Job[];

/** The name that s.yaml deploys the function under. */
export const nameOfJob = (deployment: string, job: Job): string => deployedName(deployment, functionOf[job]);
