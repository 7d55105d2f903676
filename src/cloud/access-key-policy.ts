import * as z from 'zod';
import { parsedJson } from '../base/json';

/** The network access policy of one AccessKey. */
export type NetworkPolicy =
  /** This account or region does not have such policies yet. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'none' }
  /** `text` is the document as JSON, and carries a Status. */
  | { readonly kind: 'policy'; readonly text: string };

/** IMS API reference, SetAccessKeyPolicy. The service adds `Version` where it is left out. */
const document = z.looseObject({
  Status: z.enum(['Active', 'Inactive']),
  Statements: z.array(z.looseObject({})).optional(),
});

/**
 * Reads AccessKeyPolicy as GetAccessKeyPolicy answers it. A key that never had one has the text `{}`, and one whose
 * policy was reset an inactive document without statements (terraform-provider-alicloud,
 * service_alicloud_ram_v2.go); an empty text and no field at all say the same.
 * @returns `undefined` where the answer has none of the documented forms
 */
export function parseAccessKeyPolicy(answered: unknown): NetworkPolicy | undefined {
  if (answered === undefined || answered === null || answered === '') return { kind: 'none' };
  const policy = typeof answered === 'string' ? parsedJson(answered) : answered;
  if (isEmptyObject(policy)) return { kind: 'none' };
  const read = document.safeParse(policy);
  if (!read.success) return undefined;
  const { Status, Statements } = read.data;
  if (Status === 'Inactive' && !Statements?.length) return { kind: 'none' };
  if (Statements === undefined) return undefined;
  return { kind: 'policy', text: typeof answered === 'string' ? answered : JSON.stringify(answered) };
}

/** Whether SetAccessKeyPolicy would take this text: it refuses `{}` and whatever else has no Status. */
export const carriesStatus = (text: string): boolean => document.safeParse(parsedJson(text)).success;

const isEmptyObject = (value: unknown): boolean => z.strictObject({}).safeParse(value).success;
