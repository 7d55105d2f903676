import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { program } from '../../src/cli/program';

const root = resolve(__dirname, '../..');
const pages = ['README.md', ...readdirSync(resolve(root, 'docs')).map((page) => `docs/${page}`)].filter(
  (page) => page.endsWith('.md'),
);
const text = (page: string) => readFileSync(resolve(root, page), 'utf8');

test.each(pages)('%s runs what is installed, never what somebody publishes under the name', (page) => {
  expect(text(page)).not.toMatch(/npx (?!--no-install )keyturn\b/);
});

test.each(pages)('%s names only commands that there are', (page) => {
  const known = program().commands.map((command) => command.name());
  const named = [...text(page).matchAll(/npx --no-install keyturn ([a-z][a-z-]*)/g)].map(([, name]) => name);
  expect(named.filter((name) => name !== 'help' && !known.includes(name ?? ''))).toEqual([]);
});
