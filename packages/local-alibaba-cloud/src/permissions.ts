import table from '../facts/authorization.json';
import type { Call, Check, Product, ProductName } from './product';
import type { Switches } from './switches';

type Reading = Switches['authorises'];

/** A thing that policies have to name: in every reading of the documents, or in each its own. */
type Need = { readonly on: string; readonly action?: string } & { readonly [other in Reading]?: string };

interface ProductNeeds {
  /** Its name in actions, such as `ram`. */
  readonly code: string;
  /** What the names of its resources begin with. */
  readonly arn: string;
  readonly actions: Readonly<Record<string, readonly Need[]>>;
}

const NEEDS: Readonly<Record<ProductName | 'fc', ProductNeeds>> = table.products;

/** The things that a placeholder stands for: each has to be allowed, and none asks for nothing. */
type Subjects = (placeholder: string) => readonly string[];

/** What a caller must be allowed to do for this call; nothing where it takes no permission. */
export function checksOf(product: Product, action: string, call: Call): Check[] {
  const reading = call.cloud.switches.authorises;
  const common: Readonly<Record<string, string>> = {
    account: call.account.id,
    region: call.cloud.region,
    // Resources of RAM belong to no region: some documents write `*` for it, some nothing.
    'any-region': reading === 'by-kind' ? '' : '*',
  };
  return needed(product.name, action, reading, (placeholder) => {
    const value = common[placeholder];
    return value === undefined ? product.subjects[placeholder]?.(call) : [value];
  });
}

/** The same, whoever knows what the placeholders stand for. */
export function needed(
  product: ProductName | 'fc',
  action: string,
  reading: Reading,
  subjects: (placeholder: string) => readonly string[] | undefined,
): Check[] {
  const { code, arn, actions } = NEEDS[product];
  const needs = actions[action];
  if (!needs) throw new TypeError(`facts/authorization.json does not know ${action} of ${product}`);
  const known: Subjects = (placeholder) => {
    const things = subjects(placeholder);
    if (!things) throw new TypeError(`what is {${placeholder}} in a call of ${product}?`);
    return things;
  };
  return needs.flatMap((need) => {
    const form = need[reading] ?? need.on;
    const whole = /^(\*$|acs:|\{)/.test(form) ? form : arn + form;
    return filledIn(whole, known).map((resource) => ({
      action: need.action ?? `${code}:${action}`,
      resource,
    }));
  });
}

/** Every way to fill the placeholders in. */
function filledIn(form: string, subjects: Subjects): string[] {
  const [placeholder, name] = /\{([\w-]+)\}/.exec(form) ?? [];
  if (!placeholder || !name) return [form];
  return subjects(name).flatMap((thing) =>
    filledIn(
      form.replace(placeholder, () => thing),
      subjects,
    ),
  );
}
