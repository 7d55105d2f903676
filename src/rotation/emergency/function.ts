import { parseEvent, type RotationRequest } from '../../config/event';
import type { Definition } from '../../run/use-case';
import { admitRequest } from '../admit';
import { runEmergencies } from './emergencies';

/** The function for emergencies alone: no timer, and none of its calls waits for a rotation. */
export const emergencyFunction = (codeDir: string): Definition<RotationRequest> => ({
  name: 'emergency',
  parse: (event) => parseEvent(event, 'emergency'),
  admit: admitRequest,
  useCase: runEmergencies,
  codeDir,
});
