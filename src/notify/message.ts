import { isoSeconds } from '../base/time';
import type { Fact, FactOf, FactType } from './fact';
import { en } from './messages/en';
import { zhCN } from './messages/zh-CN';
import type { Catalogue, Message } from './phrase';
import { urgencyOf } from './urgency';

export type Locale = 'en' | 'zh-CN';

export const catalogues: Record<Locale, Catalogue> = { en, 'zh-CN': zhCN };

/** As many facts as a digest tells of one by one. */
const listed = 10;

export function messageFor<T extends FactType>(fact: FactOf<T>, locale: Locale): Message {
  return catalogues[locale].one[fact.type](fact);
}

/** One message for many facts of one type: how many, the most urgent of them, what to do, and where the rest is. */
export function digestFor<T extends FactType>(
  facts: readonly [FactOf<T>, ...FactOf<T>[]],
  locale: Locale,
): Message {
  const { many, more, inAccount, inAccounts } = catalogues[locale];
  const { tone, title, line, todo } = many[facts[0].type];
  const accounts = new Set(facts.map(({ account }) => account));
  const shown = [...facts].sort(byUrgency).slice(0, listed);
  const unshown = facts.length - shown.length;
  return {
    tone: urgencyOf(facts[0] as Fact) === 'alarm' ? 'alarm' : tone,
    title: title(facts.length),
    lines: [
      accounts.size === 1 ? inAccount(facts[0].account) : inAccounts(accounts.size),
      ...shown.map(line),
      ...(unshown > 0 ? [more(unshown)] : []),
    ],
    todo,
    more: (left) => more(unshown + left - (unshown > 0 ? 1 : 0)),
  };
}

/** What happens next comes first; then in the order of names. */
function byUrgency(a: FactOf<FactType>, b: FactOf<FactType>): number {
  const [one, other] = [a, b].map((fact) => `${nextIn(fact as Fact)} ${fact.subject}`);
  return (one ?? '') < (other ?? '') ? -1 : 1;
}

/** When something is to happen. What has happened, or says nothing of it, is as old as the fact. */
function nextIn({ data, time }: Fact): string {
  if ('disabledFrom' in data) return data.disabledFrom;
  if ('oldKeyDisabledFrom' in data && data.oldKeyDisabledFrom) return data.oldKeyDisabledFrom;
  if ('deletedFrom' in data && data.deletedFrom) return data.deletedFrom;
  return isoSeconds(time);
}
