import type { FactOf, FactType } from './fact';
import { en } from './messages/en';
import { zhCN } from './messages/zh-CN';
import type { Catalogue, Message } from './phrase';

export type Locale = 'en' | 'zh-CN';

const CATALOGUES: Record<Locale, Catalogue> = { en, 'zh-CN': zhCN };

export function messageFor<T extends FactType>(fact: FactOf<T>, locale: Locale): Message {
  return CATALOGUES[locale][fact.type](fact);
}
