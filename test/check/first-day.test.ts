import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { program } from '../../src/cli/program';
import { deployedName, functions } from '../../src/setup/roles';

const page = readFileSync('docs/first-day.md', 'utf8');

test.each(functions.map(({ name }) => deployedName('keyturn', name)))(
  '%s is among what is removed',
  (name) => {
    expect(page).toContain(name);
  },
);

test('the record key is among what is left behind', () => {
  expect(page).toContain('`keyturn/record/key`');
});

test('it names commands and options that there are', () => {
  const commands = new Map(program().commands.map((command) => [command.name(), command]));
  const named = [...page.matchAll(/npx --no-install keyturn ([a-z-]+)([^`\n]*)/g)];
  expect(named.length).toBeGreaterThan(10);
  for (const [, name = '', rest = ''] of named) {
    const options = commands.get(name)?.options.map(({ long }) => long) ?? [];
    expect([...commands.keys()]).toContain(name);
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(options).toContain(option);
  }
});
