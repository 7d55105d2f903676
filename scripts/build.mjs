// Bundles every entry point into a folder of its own that runs with no node_modules near it.
// node scripts/build.mjs [--outdir dist] [name...]
import { access, copyFile, mkdir, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const entries = {
  'rotate-keys': 'functions/rotate-keys.ts',
  'disable-inactive': 'functions/disable-inactive.ts',
  keyturn: 'src/cli/main.ts',
  demo: 'demo/main.ts',
  bench: 'bench/main.ts',
};
const functions = ['rotate-keys', 'disable-inactive'];
/** What runs functions starts this file beside its own. */
const hosts = ['demo', 'keyturn'];

const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { outdir: { type: 'string', default: 'dist' } },
});
const { outdir } = values;
const names = positionals.length > 0 ? positionals : Object.keys(entries);

async function bundle(name) {
  const entry = entries[name];
  if (!(await exists(entry))) return;
  const folder = `${outdir}/${name}`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: `${folder}/index.js`,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['proxy-agent'],
    logLevel: 'warning',
    legalComments: 'none',
  });
  if (functions.includes(name) && (await exists('keyturn.yaml'))) {
    await copyFile('keyturn.yaml', `${folder}/keyturn.yaml`);
  }
  if (hosts.includes(name)) await copyFile('local/host/instance.cjs', `${folder}/instance.cjs`);
}

if (positionals.length === 0) await rm(outdir, { recursive: true, force: true });
await Promise.all(names.map(bundle));
