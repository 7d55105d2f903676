/** The names that s.yaml deploys the functions under. */
export const deployedNames = {
  rotate: 'keyturn-rotate-keys',
  'disable-inactive': 'keyturn-disable-inactive',
  'respond-to-leaks': 'keyturn-respond-to-leaks',
  emergency: 'keyturn-emergency',
} as const;

export type Job = keyof typeof deployedNames;
