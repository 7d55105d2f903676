import * as z from 'zod';
import { parsedJson } from '../base/json';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const documentSchema = z.object({
  Statement: z.array(
    z.object({
      Effect: z.enum(['Allow', 'Deny']),
      Action: oneOrMore.optional(),
      Resource: oneOrMore.optional(),
    }),
  ),
});

/**
 * Whether a statement of a policy allows every action on every resource, under a condition or not; `undefined`
 * where the document cannot be read.
 */
export function grantsEverything(document: string): boolean | undefined {
  const read = documentSchema.safeParse(parsedJson(document));
  return read.data?.Statement.some(
    ({ Effect, Action = [], Resource = [] }) =>
      Effect === 'Allow' && Action.some(isEveryAction) && Resource.some(isEveryResource),
  );
}

const isEveryAction = (action: string): boolean => /^\*+(:\*+)?$/.test(action);
const isEveryResource = (resource: string): boolean => /^(\*+|acs(:\*+){4}(\/\*+)?)$/.test(resource);
