// Bundles every entry point into a folder of its own that runs with no node_modules near it.
import { build } from 'esbuild';
import { access, copyFile, mkdir, rm } from 'node:fs/promises';

const entries = {
  'rotate-keys': 'functions/rotate-keys.ts',
  'disable-inactive': 'functions/disable-inactive.ts',
  keyturn: 'src/cli/main.ts',
  demo: 'demo/main.ts',
};
const functions = ['rotate-keys', 'disable-inactive'];

const exists = (path) => access(path).then(() => true, () => false);

await rm('dist', { recursive: true, force: true });
for (const [name, entry] of Object.entries(entries)) {
  if (!(await exists(entry))) continue;
  await mkdir(`dist/${name}`, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: `dist/${name}/index.js`,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['proxy-agent'],
    logLevel: 'warning',
    legalComments: 'none',
  });
  if (functions.includes(name) && (await exists('keyturn.yaml'))) {
    await copyFile('keyturn.yaml', `dist/${name}/keyturn.yaml`);
  }
}
