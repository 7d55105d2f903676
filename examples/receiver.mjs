// A receiver of keyturn's webhooks without dependencies: HOOK_SECRET=… node receiver.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const LARGEST_BODY = 64 * 1024;
const IDS_KEPT = 10_000;
const FIVE_MINUTES = 300_000;

/**
 * Calls `onEvent` with each CloudEvent once: keyturn delivers at least once, and a repeat has the same id. It
 * answers 2xx only when `onEvent` is done, so that keyturn tells the event again if it fails. `now` gives the time in
 * milliseconds.
 */
export function receiver(secret, onEvent, now = Date.now) {
  const seen = new Set();
  return createServer(async (request, response) => {
    try {
      const body = await read(request);
      if (!body) return response.writeHead(413, { connection: 'close' }).end();
      if (!isGenuine(body, request.headers, secret, now())) return response.writeHead(401).end();
      const event = JSON.parse(body);
      if (!seen.has(event.id)) await onEvent(event);
      seen.add(event.id);
      if (seen.size > IDS_KEPT) seen.delete(seen.values().next().value);
      response.writeHead(204).end();
    } catch (error) {
      console.error(error);
      response.writeHead(500).end();
    }
  });
}

/**
 * Whether keyturn sent this, and within the last five minutes: what somebody recorded and sends again is older, or has
 * an id that was seen. The signature is over the bytes as they came: verify them before they are parsed.
 */
export function isGenuine(body, headers, secret, now) {
  const time = headers['x-keyturn-time'] ?? '';
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
  if (!isSame(`sha256=${expected}`, headers['x-keyturn-time-signature'] ?? '')) return false;
  return Math.abs(now - Date.parse(time)) <= FIVE_MINUTES;
}

/** In constant time. */
function isSame(expected, given) {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The body; undefined where it is larger than any notice. */
async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { HOOK_SECRET, PORT = '8080' } = process.env;
  if (!HOOK_SECRET) throw new Error('HOOK_SECRET is not set: it is the secret of the webhook channel');
  receiver(HOOK_SECRET, ({ type, subject, data }) => {
    if (type === 'keyturn.accesskey.rotated') console.log(`${subject}: read ${data.secretName} again`);
  }).listen(Number(PORT));
}
