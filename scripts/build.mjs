// Bundles every entry point into a folder of its own that runs with no node_modules near it.
// node scripts/build.mjs [--outdir dist] [name...]
import { access, copyFile, mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const entries = {
  'rotate-keys': 'functions/rotate-keys.ts',
  'disable-inactive': 'functions/disable-inactive.ts',
  'respond-to-leaks': 'functions/respond-to-leaks.ts',
  emergency: 'functions/emergency.ts',
  keyturn: 'src/cli/main.ts',
  demo: 'demo/main.ts',
  bench: 'bench/main.ts',
};
const functions = ['rotate-keys', 'disable-inactive', 'respond-to-leaks', 'emergency'];
/** What calls functions. */
const callers = [...functions, 'keyturn'];
/** What runs functions starts this file beside its own. */
const hosts = ['demo', 'keyturn', 'bench'];

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

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['proxy-agent'],
  // import() becomes require(), which keeps the SDKs' default exports where the code expects them.
  supported: { 'dynamic-import': false },
  // fc2 uploads code with ali-oss; keyturn does not.
  alias: { 'ali-oss': './scripts/empty.cjs' },
  // Most of a cold start is the reading of the code.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
  legalComments: 'none',
};

/** What few runs need: files beside the bundle, read at the first call. */
const apart = {
  '@alicloud/fc2': 'fc2.js',
  '@alicloud/fc20230330': 'fc3.js',
};
const keepApart = {
  name: 'keep-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^@alicloud\/fc/ }, ({ path, kind }) =>
      kind === 'dynamic-import' && path in apart ? { path: `./${apart[path]}`, external: true } : undefined,
    );
  },
};

/** zod's messages in sixty languages: keyturn words its own. */
const leaveOut = {
  name: 'leave-out',
  setup({ onResolve }) {
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer }) =>
      importer.includes('/node_modules/zod/') ? { path: resolve('scripts/empty.cjs') } : undefined,
    );
  },
};

async function bundle(name) {
  const entry = entries[name];
  if (!(await exists(entry))) return;
  const folder = `${outdir}/${name}`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const plugins = callers.includes(name) ? [keepApart, leaveOut] : [];
  await build({ ...common, entryPoints: [entry], outfile: `${folder}/index.js`, plugins });
  if (callers.includes(name)) {
    for (const [entryPoint, file] of Object.entries(apart)) {
      await build({ ...common, entryPoints: [entryPoint], outfile: `${folder}/${file}` });
    }
  }
  if (functions.includes(name) && (await exists('keyturn.yaml'))) {
    await copyFile('keyturn.yaml', `${folder}/keyturn.yaml`);
  }
  if (name === 'bench') {
    await build({ ...common, entryPoints: ['bench/sdks.ts'], outfile: `${folder}/sdks.js` });
  }
  if (name === 'demo') {
    await build({ ...common, entryPoints: ['demo/restore.ts'], outfile: `${folder}/restore.js` });
  }
  if (hosts.includes(name))
    await copyFile('packages/local-alibaba-cloud/src/host/instance.cjs', `${folder}/instance.cjs`);
}

if (positionals.length === 0) {
  await rm(outdir, { recursive: true, force: true });
  await import('../packages/local-alibaba-cloud/build.mjs');
}
await Promise.all(names.map(bundle));
