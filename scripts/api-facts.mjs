// Says what has changed between the facts that the local cloud is held to and newer metadata of Alibaba Cloud:
//
//   curl -O https://api.aliyun.com/meta/v1/products/Ims/versions/2019-08-15/api-docs.json
//   node scripts/api-facts.mjs api-docs.json
//
// Ends with 0 where nothing has, 1 where something has, 2 where a file is none that it can read.
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../packages/local-alibaba-cloud/facts/', import.meta.url);
const known = readdirSync(folder)
  .map((file) => ({ product: file.replace('.json', ''), ...read(new URL(file, folder)) }))
  .filter(({ actions }) => actions);

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** A parameter in the words of the facts: a type, `json` for JSON text, a list for Name.1, Name.2 … */
function parameterType({ style, schema }) {
  if (schema.type === 'array' && style !== 'json') {
    const { properties } = schema.items ?? {};
    if (!properties) return ['string'];
    return [mapped(properties, (each) => parameterType({ schema: each }))];
  }
  if (schema.type === 'array' || schema.type === 'object') return 'json';
  return schema.type === 'number' ? 'integer' : schema.type;
}

function shapeOf(schema, schemas) {
  const { type, properties, items, $ref } = schema ?? {};
  if ($ref) return shapeOf(schemas[$ref.split('/').at(-1)], schemas);
  if (type === 'array') return [shapeOf(items, schemas)];
  if (type === 'object') return mapped(properties ?? {}, (each) => shapeOf(each, schemas));
  return type === 'integer' ? 'number' : type;
}

const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

/** Where two descriptions differ, in words. */
function differences(before, after, path) {
  if (Array.isArray(before) && Array.isArray(after)) return differences(before[0], after[0], `${path}[]`);
  if ([before, after].some((one) => typeof one !== 'object' || Array.isArray(one))) {
    const same = JSON.stringify(before) === JSON.stringify(after);
    return same ? [] : [`${path} was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`];
  }
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const where = path.endsWith(' ') ? `${path}${name}` : `${path}.${name}`;
    if (!(name in before)) return [`${where} is new`];
    return name in after ? differences(before[name], after[name], where) : [`${where} is gone`];
  });
}

function changesOf(facts, api, schemas) {
  // What was never in the metadata cannot have gone from there.
  if (!api) return facts.origin ? [] : ['is gone'];
  const given = api.parameters ?? [];
  const required = given.flatMap(({ name, schema }) => (schema.required ? [name] : []));
  const parameters = Object.fromEntries(given.map((each) => [each.name, parameterType(each)]));
  const answer = api.responses?.['200']?.schema;
  const wasRequired = facts.required ?? [];
  return [
    ...differences(facts.parameters ?? {}, parameters, 'parameter '),
    ...required
      .filter((name) => !wasRequired.includes(name))
      .map((name) => `parameter ${name} is required now`),
    ...wasRequired
      .filter((name) => name in parameters && !required.includes(name))
      .map((name) => `parameter ${name} is required no longer`),
    ...(answer && facts.answer ? differences(facts.answer, shapeOf(answer, schemas), 'answer ') : []),
  ];
}

function report(file) {
  const { info, apis, components } = read(file);
  const facts = known.find(({ version }) => version === info?.version);
  if (!facts || !apis) throw new TypeError('it is no api-docs.json of a product that the local cloud has');
  const names = Object.keys(facts.actions);
  const changes = names.flatMap((name) =>
    changesOf(facts.actions[name], apis[name], components?.schemas ?? {}).map(
      (change) => `${name}: ${change}`,
    ),
  );
  const count =
    changes.length === 0
      ? 'nothing has changed'
      : changes.length === 1
        ? '1 change'
        : `${changes.length} changes`;
  console.log(`${facts.product} ${facts.version}: ${count} in ${names.length} actions`);
  for (const change of changes) console.log(`  ${change}`);
  return changes.length > 0;
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: node scripts/api-facts.mjs API-DOCS.JSON…');
  process.exitCode = 2;
}
for (const file of files) {
  try {
    if (report(file)) process.exitCode ??= 1;
  } catch (error) {
    console.error(`${file}: ${error.message}`);
    process.exitCode = 2;
  }
}
