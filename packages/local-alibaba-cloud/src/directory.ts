import { refusal } from './errors';

/** A member, as ListAccounts tells it. */
export interface Membership {
  readonly account: string;
  readonly folder: string;
  readonly status: string;
}

/** A Resource Directory: folders in folders, and accounts in them. Its owner is the management account. */
export class ResourceDirectory {
  readonly root = 'r-Root00';
  readonly members = new Map<string, Membership>();
  /** Parents of folders, by their ids. */
  readonly #parents = new Map<string, string>();

  constructor(readonly managementAccount: string) {}

  /** Makes a folder; gives its id. */
  addFolder(id: string, parent = this.root): string {
    this.#check(parent);
    this.#parents.set(id, parent);
    return id;
  }

  /** @param status such as `CreateSuccess`, `InviteSuccess`, `CreateFailed` */
  addMember(account: string, { folder = this.root, status = 'CreateSuccess' } = {}): void {
    this.#check(folder);
    this.members.set(account, { account, folder, status });
  }

  /** The folders right below this one. */
  foldersIn(parent: string): string[] {
    this.#check(parent);
    return [...this.#parents].flatMap(([id, above]) => (above === parent ? [id] : []));
  }

  #check(folder: string): void {
    if (folder !== this.root && !this.#parents.has(folder)) throw refusal('EntityNotExists.Folder');
  }
}
