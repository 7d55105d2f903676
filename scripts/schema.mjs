// Writes config.schema.json, the JSON Schema of the configuration, from its definition in src/config/schema.ts.
import { writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const { outputFiles } = await build({
  entryPoints: ['src/config/json-schema.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  write: false,
});
const module = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);
await writeFile('config.schema.json', `${JSON.stringify(module.configJsonSchema(), null, 2)}\n`);
