import { selfCheck } from '../src/check/self-check';
import { rotateKeysFunction } from '../src/rotation/rotate-keys';
import { handlerOf } from '../src/run/handler';

export const handler = handlerOf(rotateKeysFunction(__dirname), { selfCheck });
