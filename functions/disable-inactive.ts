import { selfCheck } from '../src/check/self-check';
import { disableInactiveFunction } from '../src/inactivity/disable-inactive';
import { handlerOf } from '../src/run/handler';

export const handler = handlerOf(disableInactiveFunction(__dirname), { selfCheck });
