import { expect, test } from 'vitest';
import { signedCall } from '../src/sign';
import { type Credentials, harness } from './harness';

const h = harness();

const ask = (action: string, query: Record<string, string> = {}, as: Credentials = h.root) =>
  signedCall(h.cloud.endpoint, as, {
    version: '2020-03-31',
    action,
    query,
    now: h.cloud.clock.now(),
  });

test('lists members page by page, ten at a time unless told otherwise', async () => {
  const directory = h.cloud.openDirectory();
  for (let id = 100; id < 125; id++) directory.addMember(String(id), { status: 'InviteSuccess' });
  const first = await ask('ListAccounts');
  expect(first.body).toMatchObject({ PageNumber: 1, PageSize: 10, TotalCount: 25 });
  const last = await ask('ListAccounts', { PageNumber: '3', PageSize: '10' });
  expect(last.body.Accounts).toMatchObject({
    Account: Array(5).fill({ FolderId: directory.root, Status: 'InviteSuccess', JoinMethod: 'invited' }),
  });
  expect((await ask('ListAccounts', { PageSize: '101' })).status).toBe(400);
});

test('lists the folders right below one, of the Root folder by default', async () => {
  const directory = h.cloud.openDirectory();
  directory.addFolder('fd-a');
  directory.addFolder('fd-b', 'fd-a');
  expect((await ask('ListFoldersForParent')).body.Folders).toMatchObject({ Folder: [{ FolderId: 'fd-a' }] });
  const below = await ask('ListFoldersForParent', { ParentFolderId: 'fd-a' });
  expect(below.body.Folders).toMatchObject({ Folder: [{ FolderId: 'fd-b' }] });
  expect((await ask('ListFoldersForParent', { ParentFolderId: 'fd-z' })).body.Code).toBe(
    'EntityNotExists.Folder',
  );
});

test('is seen by the management account alone, and by whom it allows to', async () => {
  expect((await ask('GetResourceDirectory')).body.Code).toBe('ResourceDirectoryNotInUse');
  h.cloud.openDirectory();
  expect((await ask('GetResourceDirectory')).body).toMatchObject({
    ResourceDirectory: { MasterAccountId: h.account.id },
  });
  const member = h.cloud.account('77');
  expect((await ask('ListAccounts', {}, member.rootKey)).body.Code).toBe('ResourceDirectoryNotInUse');
  h.account.createUser('curious');
  const pair = h.account.createKey('curious');
  expect((await ask('ListAccounts', {}, pair)).body.Code).toBe('NoPermission');
});
