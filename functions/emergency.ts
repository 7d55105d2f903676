import { selfCheck } from '../src/check/self-check';
import { emergencyFunction } from '../src/rotation/emergency/function';
import { handlerOf } from '../src/run/handler';

export const handler = handlerOf(emergencyFunction(__dirname), { selfCheck });
