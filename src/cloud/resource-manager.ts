import { type Origin, required } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { unreadableAnswer } from './error';
import { type Gate, read } from './gate';
import { OpenApi } from './sdk';

type Sdk = typeof import('@alicloud/resourcemanager20200331');
type Client = InstanceType<Sdk['default']>;

/** A member account of a Resource Directory. */
export interface Member {
  readonly id: string;
  readonly folderId: string;
  /** `CreateSuccess`, `InviteSuccess`, `PromoteSuccess` and others (Resource Management documentation, ListAccounts). */
  readonly status: string;
}

interface NumberedPage<T> {
  readonly items: readonly T[];
  readonly totalCount: number | undefined;
}

/** The most that ListAccounts and ListFoldersForParent give at once. */
const pageSize = 100;

/** Resource Directory, API version 2020-03-31: the management account and delegated administrators may read it. */
export class ResourceManager {
  readonly #api: OpenApi<Client, Sdk>;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#api = new OpenApi(() => import('@alicloud/resourcemanager20200331'), gate, credentials, endpoint);
  }

  /** Every member. The management account is none. */
  async listMembers(): Promise<Member[]> {
    const from = origin('ListAccounts');
    const accounts = await walkNumbered(from, async (pageNumber) => {
      const body = await this.#api.call(from, read, (client, sdk) =>
        client.listAccounts(new sdk.ListAccountsRequest({ pageNumber, pageSize })),
      );
      return { items: body.accounts?.account ?? [], totalCount: body.totalCount };
    });
    const members = accounts.map(({ accountId, folderId, status }) => ({
      id: required(from, 'AccountId', accountId),
      folderId: required(from, 'FolderId', folderId),
      status: required(from, 'Status', status),
    }));
    // Pages by number shift where a member joins or leaves meanwhile.
    if (new Set(members.map(({ id }) => id)).size < members.length) {
      throw unreadableAnswer(from.product, from.action, 'the list changed while it was read');
    }
    return members;
  }

  /** Ids of the folders right below this one. */
  async listFolders(parentFolderId: string): Promise<string[]> {
    const from = origin('ListFoldersForParent');
    const folders = await walkNumbered(from, async (pageNumber) => {
      const body = await this.#api.call(from, read, (client, sdk) =>
        client.listFoldersForParent(
          new sdk.ListFoldersForParentRequest({ parentFolderId, pageNumber, pageSize }),
        ),
      );
      return { items: body.folders?.folder ?? [], totalCount: body.totalCount };
    });
    return folders.map(({ folderId }) => required(from, 'FolderId', folderId));
  }

  /** The account that the directory belongs to. */
  async managementAccount(): Promise<string> {
    const from = origin('GetResourceDirectory');
    const body = await this.#api.call(from, read, (client) => client.getResourceDirectory());
    return required(from, 'MasterAccountId', body.resourceDirectory?.masterAccountId);
  }
}

/** Walks pages by number. Fewer than the cloud counts is an error, never a shorter list. */
async function walkNumbered<T>(
  from: Origin,
  fetch: (pageNumber: number) => Promise<NumberedPage<T>>,
): Promise<T[]> {
  const items: T[] = [];
  for (let pageNumber = 1; ; pageNumber++) {
    const page = await fetch(pageNumber);
    const total = required(from, 'TotalCount', page.totalCount);
    items.push(...page.items);
    if (items.length === total) return items;
    if (items.length > total || page.items.length === 0) {
      throw unreadableAnswer(
        from.product,
        from.action,
        `the list has ${items.length} entries where it counts ${total}`,
      );
    }
  }
}

const origin = (action: string): Origin => ({ product: 'ResourceManager', action });
