import { emergencyFunction } from '../src/rotation/rotate-keys';
import { handlerOf } from '../src/run/handler';

export const handler = handlerOf(emergencyFunction(__dirname));
