import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a receiver got it. */
export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface Receiver {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** Answers in turn with what is given, the last of it for ever. */
export async function receiver(...answers: Answer[]): Promise<Receiver> {
  const received: Received[] = [];
  const server = await listening(async (incoming, response) => {
    received.push(await read(incoming));
    const answer = answers[Math.min(received.length, answers.length) - 1] ?? {};
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  });
  return { ...server, received };
}

export async function listening(listener: RequestListener, server: Server = createServer(listener)) {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

export async function read(incoming: IncomingMessage): Promise<Received> {
  const url = new URL(incoming.url ?? '/', 'http://receiver');
  const { method = '', headers } = incoming;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  return { method, path: url.pathname, query: url.searchParams, headers, body };
}
