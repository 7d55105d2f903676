// Writes deploy/member-role.yaml, the role of a member account, from the policies and src/setup/stack-group.ts.
import { writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { stringify } from 'yaml';

const { outputFiles } = await build({
  entryPoints: ['src/setup/stack-group.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  write: false,
});
const { stackGroupTemplate } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);
const head = [
  'The role in which keyturn works in the member accounts of a Resource Directory. Deploy it from the management',
  'account, or a delegated administrator, as a stack group with service-managed permissions and automatic deployment:',
  'members that join later get the role by themselves. Written by node scripts/member-role.mjs; change policies/.',
];
const text = stringify(stackGroupTemplate(), {
  aliasDuplicateObjects: false,
  lineWidth: 110,
  version: '1.1',
});
await writeFile('deploy/member-role.yaml', `${head.map((line) => `# ${line}\n`).join('')}${text}`);
