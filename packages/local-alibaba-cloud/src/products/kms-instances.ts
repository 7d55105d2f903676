import type { Action } from '../product';
import { read } from './identity';

/** Instances of KMS. */
export const kmsInstances: Record<string, Action> = {
  ListKmsInstances: read(({ cloud, account }) => {
    const KmsInstance = [...account.kmsInstances].map((KmsInstanceId) => ({
      KmsInstanceId,
      KmsInstanceArn: `acs:kms:${cloud.region}:${account.id}:keystore/${KmsInstanceId}`,
    }));
    return {
      KmsInstances: { KmsInstance },
      TotalCount: KmsInstance.length,
      PageNumber: 1,
      PageSize: 20,
    };
  }),
};
