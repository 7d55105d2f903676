// A process that Function Compute would run: the bundle, one invocation, and its end.
const { handler } = require(process.argv[2]);

process.on('message', async ({ config, event, context }) => {
  process.env.KEYTURN_CONFIG = config;
  await handler(Buffer.from(event), context).catch(() => undefined);
  process.disconnect();
});
process.send('ready');
