#!/usr/bin/env node

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const built = join(__dirname, '..', 'dist', 'keyturn', 'index.js');

if (existsSync(built)) {
  require(built).main();
} else {
  console.error('keyturn is not built yet: run `npm run build` in its folder first.');
  process.exitCode = 2;
}
