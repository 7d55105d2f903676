// One instance of a function: the process that the host starts for it. Plain JavaScript, since it runs beside the
// built code and before it. Argument: the folder of the code. Everything else comes by messages.
'use strict';

const { join } = require('node:path');

const [codeDir] = process.argv.slice(2);
const [moduleName, exportName] = process.env.FC_FUNCTION_HANDLER.split('.');

let fixedAt;
const RealDate = Date;

/** The moment that the host has set; the real time as long as it has set none. */
class FixedDate extends RealDate {
  constructor(...args) {
    if (args.length === 0 && fixedAt !== undefined) super(fixedAt);
    else super(...args);
  }

  static now() {
    return fixedAt ?? RealDate.now();
  }
}
// Libraries recognise a date by the name of its class.
Object.defineProperty(FixedDate, 'name', { value: 'Date' });
globalThis.Date = FixedDate;

/** A Buffer goes out as it is, an object as JSON, anything else as text. */
function bodyOf(result) {
  if (Buffer.isBuffer(result)) return result;
  return Buffer.from(typeof result === 'object' && result !== null ? JSON.stringify(result) : String(result));
}

function errorOf(thrown) {
  if (!(thrown instanceof Error)) return { errorMessage: String(thrown), errorType: typeof thrown };
  return {
    errorMessage: thrown.message,
    errorType: thrown.name,
    stackTrace: (thrown.stack ?? '').split('\n').map((line) => line.trim()),
  };
}

let handler;

async function run({ event, context, now }) {
  fixedAt = now;
  try {
    handler ??= require(join(codeDir, moduleName))[exportName];
    if (typeof handler !== 'function') throw new TypeError(`handler '${exportName}' is not a function`);
    return { result: bodyOf(await handler(Buffer.from(event), context)) };
  } catch (thrown) {
    return { error: errorOf(thrown) };
  }
}

process.on('message', async (invocation) => {
  const outcome = await run(invocation);
  // Marks the end of this invocation's lines: messages may arrive before the lines of standard output.
  process.stdout.write(`${invocation.endMark}\n`);
  process.send(outcome);
});
process.on('disconnect', () => process.exit());
