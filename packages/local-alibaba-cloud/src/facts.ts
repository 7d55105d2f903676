/** What Alibaba Cloud publishes of each action: `../facts` has it as data, with its origin. */
import actiontrail from '../facts/actiontrail.json';
import ims from '../facts/ims.json';
import kms from '../facts/kms.json';
import ram from '../facts/ram.json';
import resourceManager from '../facts/resource-manager.json';
import sas from '../facts/sas.json';
import sts from '../facts/sts.json';
import { refusal } from './errors';
import type { Product, ProductName } from './product';

/** `json` is JSON text; a list is sent as Name.1, Name.2 …, or Name.1.Key … where it is one of objects. */
type ParameterType = string | readonly (string | Readonly<Record<string, ParameterType>>)[];

/** An answer of a list is `[element]`. */
export type Shape = string | readonly Shape[] | { readonly [field: string]: Shape };

export interface ActionFacts {
  readonly parameters: Readonly<Record<string, ParameterType>>;
  readonly required?: readonly string[];
  readonly answer?: Shape;
}

const FACTS: Readonly<Record<ProductName, { actions: Readonly<Record<string, ActionFacts>> }>> = {
  ram,
  ims,
  kms,
  sts,
  actiontrail,
  sas,
  'resource-manager': resourceManager,
};

export const factsOf = (product: ProductName, action: string): ActionFacts | undefined =>
  FACTS[product].actions[action];

/** What clients send with every call (common parameters of the RPC style, in the documentation of each product). */
const COMMON: ReadonlySet<string> = new Set([
  'Action',
  'Version',
  'Format',
  'RegionId',
  'AccessKeyId',
  'SecurityToken',
  'Timestamp',
  'Signature',
  'SignatureMethod',
  'SignatureNonce',
  'SignatureType',
  'SignatureVersion',
  'ResourceOwnerAccount',
]);

/**
 * Refuses a call that lacks what its action requires, as the gateway does, or that has what its action does not know.
 * What the gateway says of the latter is not documented: the code is that of any other wrong parameter.
 */
export function checkParameters(
  product: Product,
  action: string,
  params: Readonly<Record<string, string>>,
  unknown: 'refused' | 'ignored',
): void {
  const facts = factsOf(product.name, action);
  if (!facts) return;
  const given = Object.keys(params).filter((name) => params[name] !== '');
  for (const name of facts.required ?? []) {
    if (!given.some((one) => one === name || one.startsWith(`${name}.`))) throw product.missing(name);
  }
  if (unknown === 'ignored') return;
  const stranger = Object.keys(params).find((name) => !COMMON.has(name) && !knows(facts.parameters, name));
  if (stranger === undefined) return;
  throw refusal('InvalidParameter', `The specified parameter "${stranger}" is not known to ${action}.`);
}

/** `Tag.1.Key` is known where `Tag` is a list of what has a `Key`. */
function knows(parameters: ActionFacts['parameters'], name: string): boolean {
  if (Object.hasOwn(parameters, name)) return !Array.isArray(parameters[name]);
  const [, list = '', field] = /^(\w+)\.[1-9]\d*(?:\.(.+))?$/.exec(name) ?? [];
  const element = Object.hasOwn(parameters, list) ? elementOf(parameters[list]) : undefined;
  if (element === undefined) return false;
  return typeof element === 'string' ? field === undefined : field !== undefined && knows(element, field);
}

const elementOf = (type: ParameterType | undefined) => (typeof type === 'object' ? type[0] : undefined);
