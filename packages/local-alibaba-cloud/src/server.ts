import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Reply } from './answer';
import { type Request, readRequest } from './request';

/** Room for a secret of the largest size in the query, percent-encoded. */
const LONGEST_HEADERS = 256 * 1024;

/** Serves on 127.0.0.1; rejects where the port is taken. */
export async function serve(handle: (request: Request) => Promise<Reply>, port: number): Promise<Server> {
  const server = createServer({ maxHeaderSize: LONGEST_HEADERS }, async (incoming, response) => {
    try {
      answer(response, await handle(await readRequest(incoming)));
    } catch (error) {
      if (!incoming.destroyed) console.error(error);
      response.destroy();
    }
  });
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function answer(response: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case 'answer':
      response.writeHead(reply.status, {
        ...reply.headers,
        'content-length': Buffer.byteLength(reply.body),
      });
      response.end(reply.body);
      return;
    case 'cut':
      response.destroy();
      return;
    case 'silence':
      return;
  }
}
