import { isoSeconds } from '../base/time';
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
