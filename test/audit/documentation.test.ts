import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checks } from '../../src/audit/checks';

test('docs/audit.md has every check, with its CIS number and severity', () => {
  const text = readFileSync(new URL('../../docs/audit.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z-]+)` *\| ([\d.]*) *\| (high|medium|low) /gm)];
  const documented = rows.map(([, id, cis, severity]) => `${id} ${cis} ${severity}`);
  const real = checks.map(({ id, cis = '', severity }) => `${id} ${cis} ${severity}`);
  expect(documented.sort()).toEqual(real.sort());
});
