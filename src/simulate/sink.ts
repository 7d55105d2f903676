import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Notice {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The channel of the simulation: takes every notice, each once, and passes it on to nobody. */
export class NoticeSink {
  readonly notices = new Map<string, Notice>();
  readonly #server: Server;

  static async open(): Promise<NoticeSink> {
    const sink = new NoticeSink();
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        const { id, type, data }: Notice = JSON.parse(body);
        this.notices.set(id, { id, type, data });
        response.writeHead(204).end();
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
