import { selfCheck } from '../src/check/self-check';
import { respondToLeaksFunction } from '../src/leaks/respond-to-leaks';
import { handlerOf } from '../src/run/handler';

export const handler = handlerOf(respondToLeaksFunction(__dirname), { selfCheck });
