import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  readonly action: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string | object;
}

/** What the server does with a call: answers it, resets the connection, or leaves it waiting. */
export type Behaviour = (call: Received) => Reply | 'reset' | 'hang';

/** The least that the SDKs take for the cloud: no state, no signatures, only what a test tells it to answer. */
export class ApiServer {
  readonly received: Received[] = [];
  behave: Behaviour = () => ({ body: { RequestId: 'R-1' } });
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const url = request.url ?? '';
        const query = new URL(url, 'http://localhost').searchParams;
        const action = String(request.headers['x-acs-action'] ?? query.get('Action'));
        const call = { action, url, headers: request.headers, query, form: new URLSearchParams(body), body };
        this.received.push(call);
        this.answer(response, this.behave(call));
      });
    });
  }

  static async start(): Promise<ApiServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ApiServer(server);
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get actions(): string[] {
    return this.received.map((call) => call.action);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(response: ServerResponse, reply: Reply | 'reset' | 'hang'): void {
    if (reply === 'hang') return;
    if (reply === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    response.end(text);
  }
}
