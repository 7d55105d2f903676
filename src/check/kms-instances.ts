import { z } from 'zod';
import { unreadableAnswer } from '../cloud/error';
import { read } from '../cloud/gate';
import type { Rpc } from '../cloud/rpc';

const from = { product: 'KMS', action: 'ListKmsInstances' };
const answer = z.object({
  KmsInstances: z.object({ KmsInstance: z.array(z.object({ KmsInstanceId: z.string() })).default([]) }),
});

/** Ids of the purchased instances of a region, the first hundred of them; API version 2016-01-20. */
export async function listKmsInstances(kms: Rpc): Promise<string[]> {
  const parsed = answer.safeParse(await kms.call(from, read, { PageNumber: '1', PageSize: '100' }));
  if (parsed.success) return parsed.data.KmsInstances.KmsInstance.map(({ KmsInstanceId }) => KmsInstanceId);
  throw unreadableAnswer(from.product, from.action, 'KmsInstances is not as documented');
}
