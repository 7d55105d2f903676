import { isoSeconds } from '../base/time';
import type { Facts } from './channel';
import type { Fact, FactData, FactType } from './fact';

/** A CloudEvents 1.0 event in its JSON format. */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  /** `acs:ram::<account>` */
  source: string;
  type: FactType;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  data: FactData[FactType];
}

/** One event, or where the receiver takes batches a list of them (CloudEvents 1.0, JSON format, section 4). */
export const eventsJson = (facts: Facts, batch: boolean | undefined): string =>
  JSON.stringify(batch ? facts.map(toCloudEvent) : toCloudEvent(facts[0]));

export function toCloudEvent(fact: Fact): CloudEvent {
  return {
    specversion: '1.0',
    id: fact.id,
    source: `acs:ram::${fact.account}`,
    type: fact.type,
    subject: fact.subject,
    time: isoSeconds(fact.time),
    datacontenttype: 'application/json',
    data: fact.data,
  };
}
