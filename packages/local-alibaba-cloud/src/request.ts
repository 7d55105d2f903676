import type { IncomingMessage } from 'node:http';

const FORM = 'application/x-www-form-urlencoded';

/** An HTTP request, read to its end. */
export interface Request {
  method: string;
  /** As it came, query and all. */
  url: string;
  path: string;
  headers: Record<string, string>;
  query: Record<string, string>;
  form: Record<string, string>;
  body: Buffer;
}

export async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(',') : (value ?? '');
  }
  return {
    method: incoming.method ?? 'GET',
    url,
    path: mark < 0 ? url : url.slice(0, mark),
    headers,
    query: mark < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(mark + 1))),
    form: headers['content-type']?.startsWith(FORM)
      ? Object.fromEntries(new URLSearchParams(body.toString()))
      : {},
    body,
  };
}
