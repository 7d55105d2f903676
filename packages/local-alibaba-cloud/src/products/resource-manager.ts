import type { ResourceDirectory } from '../directory';
import { refusal } from '../errors';
import { numberedPage } from '../pages';
import type { Call, Product } from '../product';
import { wireTime } from '../time';
import { envelope, read } from './identity';

const PAGE = { min: 1, max: 100, default: 10 };

/** Only the management account sees the directory. */
function directoryOf({ cloud, account }: Call): ResourceDirectory {
  const { directory } = cloud;
  if (!directory || directory.managementAccount !== account.id) {
    throw refusal('ResourceDirectoryNotInUse');
  }
  return directory;
}

function paged<T>({ params }: Call, items: readonly T[]) {
  const PageNumber = params.integer('PageNumber', { min: 1, max: 1_000_000, default: 1 });
  const PageSize = params.integer('PageSize', PAGE);
  return {
    page: numberedPage(items, PageNumber, PageSize),
    facts: { PageNumber, PageSize, TotalCount: items.length },
  };
}

/** Resource Management's Resource Directory, API version 2020-03-31: what reads it. */
export const resourceManager: Product = {
  name: 'resource-manager',
  version: '2020-03-31',
  service: 'ResourceManager',
  ...envelope('resourcemanager.aliyuncs.com'),
  subjects: {},
  actions: {
    GetResourceDirectory: read((call) => {
      const { managementAccount, root } = directoryOf(call);
      return {
        ResourceDirectory: {
          ResourceDirectoryId: 'rd-local0',
          MasterAccountId: managementAccount,
          RootFolderId: root,
        },
      };
    }),
    ListAccounts: read((call) => {
      const { page, facts } = paged(call, [...directoryOf(call).members.values()]);
      const Account = page.map(({ account, folder, status }) => ({
        AccountId: account,
        DisplayName: `account-${account}`,
        FolderId: folder,
        Status: status,
        Type: 'ResourceAccount',
        JoinMethod: status.startsWith('Invite') ? 'invited' : 'created',
        JoinTime: wireTime(call.now),
        ResourceDirectoryId: 'rd-local0',
      }));
      return { Accounts: { Account }, ...facts };
    }),
    ListFoldersForParent: read((call) => {
      const directory = directoryOf(call);
      const parent = call.params.get('ParentFolderId') ?? directory.root;
      const { page, facts } = paged(call, directory.foldersIn(parent));
      return { Folders: { Folder: page.map((id) => ({ FolderId: id, FolderName: id })) }, ...facts };
    }),
  },
};
