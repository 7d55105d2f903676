#!/usr/bin/env node

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const built = join(__dirname, '..', 'dist', 'main.js');

if (existsSync(built)) {
  require(built);
} else {
  console.error('local-alibaba-cloud is not built yet: run `npm run build` in its folder first.');
  process.exitCode = 2;
}
