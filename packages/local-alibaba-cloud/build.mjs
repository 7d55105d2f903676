// Bundles the library and the command line into dist/, where both run with no node_modules near them.
import { copyFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await rm(here('dist'), { recursive: true, force: true });
await build({
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  entryPoints: { index: here('index.ts'), main: here('src/main.ts') },
  outdir: here('dist'),
  logLevel: 'warning',
});
// The process of each function starts with this file.
await copyFile(here('src/host/instance.cjs'), here('dist/instance.cjs'));
