import type { Action } from '../product';
import { read } from './identity';
import { kmsArn } from './kms-secret';

/** Instances of KMS. */
export const kmsInstances: Record<string, Action> = {
  ListKmsInstances: read(
    (call) => [{ action: 'kms:ListKmsInstances', resources: [kmsArn(call, 'keystore/*')] }],
    (call) => {
      const KmsInstance = [...call.account.kmsInstances].map((KmsInstanceId) => ({
        KmsInstanceId,
        KmsInstanceArn: kmsArn(call, `keystore/${KmsInstanceId}`),
      }));
      return {
        KmsInstances: { KmsInstance },
        TotalCount: KmsInstance.length,
        PageNumber: 1,
        PageSize: 20,
      };
    },
  ),
};
