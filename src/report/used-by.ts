import { isoSeconds } from '../base/time';
import type { KeyTraces, Sighting as SeenAt } from '../cloud/action-trail';

/** Something that a key was seen at: a service, a source address, or the name of an API action. */
export interface Sighting {
  readonly what: string;
  /** ISO 8601, UTC, whole seconds. */
  readonly at: string;
}

/** Where ActionTrail saw a key lately, newest first, ten of each at most. */
export interface UsedBy {
  readonly services: readonly Sighting[];
  readonly addresses: readonly Sighting[];
  readonly events: readonly Sighting[];
}

export const usedByOf = ({ services, addresses, events }: KeyTraces): UsedBy => ({
  services: services.map(told),
  addresses: addresses.map(told),
  events: events.map(told),
});

const told = ({ what, at }: SeenAt): Sighting => ({ what, at: isoSeconds(at) });
