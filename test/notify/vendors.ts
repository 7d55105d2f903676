import { createHash, createHmac } from 'node:crypto';
import { listening, type Received, read } from '../support/receiver';
import { ACCOUNT, CHANNEL_SECRET, type Kind, NOW } from './fixtures';

/**
 * The other side of each channel, written from the vendor's documentation alone: it verifies what it gets as the
 * vendor does, and answers as the vendor does.
 */
export interface Vendor {
  origin: string;
  /** Requests that were well-formed and signed. */
  taken: Received[];
  close(): Promise<void>;
}

type Judge = (request: Received) => {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  ok: boolean;
};

async function vendor(judge: Judge): Promise<Vendor> {
  const taken: Received[] = [];
  const server = await listening(async (incoming, response) => {
    const request = await read(incoming);
    const { status = 200, headers, body, ok } = judge(request);
    if (ok) taken.push(request);
    response.writeHead(status, headers).end(body);
  });
  return { ...server, taken };
}

const json = (ok: boolean, body: object) => ({ ok, body: JSON.stringify(body) });

const HOUR = 3_600_000;

const fixed = () => NOW.toMillis();

/** Custom robot of DingTalk with signature: the time is in milliseconds and at most one hour off. */
const dingtalk = (now = fixed) =>
  vendor(({ query, headers, body }) => {
    const timestamp = query.get('timestamp') ?? '';
    const expected = hmac(CHANNEL_SECRET, `${timestamp}\n${CHANNEL_SECRET}`, 'base64');
    if (query.get('access_token') !== 'TOKEN')
      return json(false, { errcode: 300005, errmsg: 'token is not exist' });
    if (!(Math.abs(Number(timestamp) - now()) < HOUR) || query.get('sign') !== expected) {
      return json(false, { errcode: 310000, errmsg: 'sign not match' });
    }
    const { msgtype, markdown } = JSON.parse(body);
    if (Buffer.byteLength(body) > 20_000) return json(false, { errcode: 460101, errmsg: 'message too long' });
    const good = headers['content-type']?.startsWith('application/json') && msgtype === 'markdown';
    if (!good || !markdown.title || !markdown.text) return json(false, { errcode: 400102, errmsg: 'bad' });
    return json(true, { errcode: 0, errmsg: 'ok' });
  });

/** Custom bot of Feishu with signature: the time is in seconds, and the text to sign is the key. */
const feishu = (now = fixed) =>
  vendor(({ path, body }) => {
    const { timestamp, sign, msg_type, card } = JSON.parse(body);
    const expected = hmac(`${timestamp}\n${CHANNEL_SECRET}`, '', 'base64');
    if (path !== '/open-apis/bot/v2/hook/TOKEN') return json(false, { code: 19001, msg: 'param invalid' });
    if (!(Math.abs(Number(timestamp) * 1000 - now()) < HOUR) || sign !== expected) {
      return json(false, { code: 19021, msg: 'sign match fail or timestamp is not within one hour' });
    }
    if (Buffer.byteLength(body) > 20 * 1024) return json(false, { code: 11246, msg: 'body too large' });
    if (msg_type !== 'interactive' || !card.elements.length || card.header.title.tag !== 'plain_text') {
      return json(false, { code: 9499, msg: 'Bad Request', data: {} });
    }
    return json(true, { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' });
  });

/** Group robot of WeCom: markdown of at most 4,096 bytes. */
const wecom = () =>
  vendor(({ query, body }) => {
    const { msgtype, markdown } = JSON.parse(body);
    if (query.get('key') !== 'TOKEN') return json(false, { errcode: 93000, errmsg: 'invalid webhook url' });
    if (msgtype !== 'markdown' || Buffer.byteLength(markdown.content) > 4096) {
      return json(false, { errcode: 40058, errmsg: 'markdown.content exceed max length 4096' });
    }
    return json(true, { errcode: 0, errmsg: 'ok' });
  });

/** Incoming webhook of Slack: the limits are those of the Block Kit reference. */
const slack = () =>
  vendor(({ path, body }) => {
    const { text, blocks } = JSON.parse(body);
    if (path !== '/services/T0/B0/TOKEN') return { ok: false, status: 403, body: 'invalid_token' };
    const limits: Record<string, number> = { header: 150, section: 3000 };
    const fits = blocks.every(
      (block: { type: string; text: { type: string; text: string } }) =>
        block.text.type === 'plain_text' &&
        block.text.text.length > 0 &&
        block.text.text.length <= (limits[block.type] ?? 0),
    );
    if (!text || blocks.length > 50 || !fits) return { ok: false, status: 400, body: 'invalid_blocks' };
    return { ok: true, body: 'ok' };
  });

const FC = {
  accessKeyId: 'STS.keyturn',
  accessKeySecret: 'SECRET-of-sts',
  securityToken: 'TOKEN-of-sts',
};

/** The gateway of Function Compute 2.0 ("Request signatures", API 2016-08-15). */
const fc2 = () =>
  vendor(({ method, path, headers, body }) => {
    const fcHeaders = Object.keys(headers)
      .filter((name) => name.startsWith('x-fc-'))
      .sort()
      .map((name) => `${name}:${headers[name]}\n`)
      .join('');
    const signed = `${method}\n${headers['content-md5'] ?? ''}\n${headers['content-type'] ?? ''}\n${headers.date}\n${fcHeaders}${path}`;
    const expected = `FC ${FC.accessKeyId}:${hmac(FC.accessKeySecret, signed, 'base64')}`;
    const wrong = headers.authorization !== expected || headers['x-fc-security-token'] !== FC.securityToken;
    if (wrong)
      return { ...json(false, { ErrorCode: 'SignatureNotMatch', ErrorMessage: signed }), status: 403 };
    return invocation(
      headers,
      body,
      path === '/2016-08-15/services/shop.LATEST/functions/reload/invocations',
    );
  });

/** The gateway of Function Compute 3.0 (ACS3-HMAC-SHA256, API 2023-03-30). */
const fc3 = () =>
  vendor(({ method, path, query, headers, body }) => {
    const [, id, names = '', signature] =
      /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=(\w+)$/.exec(
        headers.authorization ?? '',
      ) ?? [];
    const signedHeaders = names
      .split(';')
      .map((name) => `${name}:${headers[name]}\n`)
      .join('');
    const canonical = [method, path, query.toString(), signedHeaders, names, sha256(body)].join('\n');
    const expected = hmac(FC.accessKeySecret, `ACS3-HMAC-SHA256\n${sha256(canonical)}`, 'hex');
    const wrong =
      id !== FC.accessKeyId || signature !== expected || headers['x-acs-security-token'] !== FC.securityToken;
    if (wrong) return { ...json(false, { Code: 'SignatureDoesNotMatch', Message: canonical }), status: 403 };
    return invocation(headers, body, path === '/2023-03-30/functions/reload-credentials/invocations');
  });

function invocation(headers: Received['headers'], body: string, exists: boolean) {
  if (!exists)
    return { ...json(false, { ErrorCode: 'FunctionNotFound', ErrorMessage: 'none' }), status: 404 };
  const good =
    headers['x-fc-invocation-type'] === 'Async' && JSON.parse(body).source === `acs:ram::${ACCOUNT}`;
  return { ok: good, status: good ? 202 : 400, headers: { 'x-fc-request-id': '1-2-3' } };
}

/** What receives `keyturn`'s own webhooks. */
const webhook = () =>
  vendor(({ headers, body }) => {
    const ok = headers['x-keyturn-signature'] === `sha256=${hmac(CHANNEL_SECRET, body, 'hex')}`;
    return { ok, status: ok ? 204 : 401 };
  });

/** `now` is the time in milliseconds where signatures hold for a while. */
export const vendors: Record<Kind, (now?: () => number) => Promise<Vendor>> = {
  webhook,
  dingtalk,
  feishu,
  wecom,
  slack,
  fc2,
  fc3,
};

const hmac = (key: string, text: string, encoding: 'hex' | 'base64') =>
  createHmac('sha256', key).update(text).digest(encoding);

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
