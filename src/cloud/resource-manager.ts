import * as z from 'zod';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { unreadableAnswer } from './error';
import { type Gate, read } from './gate';
import { numberedList } from './pages';
import { Rpc } from './rpc';
import { listOf, text } from './shape';

/** A member account of a Resource Directory. */
export interface Member {
  readonly id: string;
  readonly folderId: string;
  /** `CreateSuccess`, `InviteSuccess`, `PromoteSuccess` and others (Resource Management documentation, ListAccounts). */
  readonly status: string;
}

/** The most that ListAccounts and ListFoldersForParent give at once. */
const pageSize = 100;

const accountsAnswer = z.object({
  Accounts: listOf('Account', z.object({ AccountId: text, FolderId: text, Status: text })),
});

const foldersAnswer = z.object({ Folders: listOf('Folder', z.object({ FolderId: text })) });

const directoryAnswer = z.object({ ResourceDirectory: z.object({ MasterAccountId: text }) });

/** Resource Directory: the management account and delegated administrators may read it. */
export class ResourceManager {
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    const api = { product: 'ResourceManager', version: '2020-03-31' };
    this.#rpc = new Rpc(gate, credentials, endpoint, api);
  }

  /** Every member. The management account is none. */
  async listMembers(): Promise<Member[]> {
    const action = 'ListAccounts';
    const members = await this.#all(action, {}, accountsAnswer, ({ Accounts }) =>
      Accounts.map(({ AccountId, FolderId, Status }) => ({
        id: AccountId,
        folderId: FolderId,
        status: Status,
      })),
    );
    // Pages by number shift where a member joins or leaves meanwhile.
    if (new Set(members.map(({ id }) => id)).size < members.length) {
      throw unreadableAnswer('ResourceManager', action, 'the list changed while it was read');
    }
    return members;
  }

  /** Ids of the folders right below this one. */
  async listFolders(ParentFolderId: string): Promise<string[]> {
    return this.#all('ListFoldersForParent', { ParentFolderId }, foldersAnswer, ({ Folders }) =>
      Folders.map(({ FolderId }) => FolderId),
    );
  }

  /** The account that the directory belongs to. */
  async managementAccount(): Promise<string> {
    const { ResourceDirectory } = await this.#rpc.call('GetResourceDirectory', read, {}, directoryAnswer);
    return ResourceDirectory.MasterAccountId;
  }

  /** Fewer or more than the cloud counts is an error, never another list. */
  async #all<P, T>(
    action: string,
    params: Record<string, string>,
    shape: z.ZodType<P>,
    entriesOf: (page: P) => T[],
  ): Promise<T[]> {
    const list = { action, params, shape, entriesOf };
    const { entries, total } = await numberedList(this.#rpc, list, pageSize);
    if (entries.length === total) return entries;
    const what = `the list has ${entries.length} entries where it counts ${total}`;
    throw unreadableAnswer('ResourceManager', action, what);
  }
}
