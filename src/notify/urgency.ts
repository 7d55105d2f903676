import type { Fact } from './fact';

/** Alarms go first, then what a step waits for, then the rest. */
export const urgencies = ['alarm', 'gating', 'rest'] as const;

export type Urgency = (typeof urgencies)[number];

export function urgencyOf(fact: Fact): Urgency {
  switch (fact.type) {
    case 'keyturn.run.failed':
    case 'keyturn.run.halted':
    case 'keyturn.accesskey.contained':
    case 'keyturn.leak.found':
    case 'keyturn.leak.contained':
    case 'keyturn.leak.replaced':
      return 'alarm';
    case 'keyturn.accesskey.rotated':
      return fact.data.emergency ? 'alarm' : 'gating';
    case 'keyturn.accesskey.disabled':
    case 'keyturn.accesskey.deleted':
      return fact.data.emergency ? 'alarm' : 'rest';
    case 'keyturn.inactive.warning':
    case 'keyturn.test':
      return 'gating';
    default:
      return 'rest';
  }
}

/** Negative where `a` comes before `b`. */
export const compareUrgency = (a: Urgency, b: Urgency): number => urgencies.indexOf(a) - urgencies.indexOf(b);
