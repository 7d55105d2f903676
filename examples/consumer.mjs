// A program that works with an AccessKey that keyturn rotates: npm install @alicloud/credentials
// @alicloud/openapi-core @alicloud/sts20150401, then
//
//   REGION=cn-hangzhou SECRET_NAME=keyturn/svc-orders node consumer.mjs
//
// The secret is read with the program's own identity (environment, OIDC of a pod, RAM role of an instance: what the
// default chain of @alicloud/credentials finds), which needs kms:GetSecretValue and nothing else.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The SDKs are CommonJS modules. */
const require = createRequire(import.meta.url);
const { default: Credential } = require('@alicloud/credentials');
const { default: OpenApi, $OpenApiUtil } = require('@alicloud/openapi-core');
const { default: Sts } = require('@alicloud/sts20150401');

/** How a cloud product says that a key was disabled or deleted. OSS says InvalidAccessKeyId. */
const DEAD = ['InvalidAccessKeyId.Inactive', 'InvalidAccessKeyId.NotFound', 'InvalidAccessKeyId'];

/** Keeps the current AccessKey, reads it again when it is old, and at once when the cloud no longer knows it. */
export class RotatedKey {
  #read;
  #maxAge;
  #reading;
  #readAt = Number.NEGATIVE_INFINITY;

  /**
   * @param {() => Promise<{ AccessKeyId: string, AccessKeySecret: string }>} read the pair under ACSCurrent
   * @param {number} maxAge milliseconds; far less than the grace that keyturn leaves the old key
   */
  constructor(read, maxAge = 10 * 60_000) {
    this.#read = read;
    this.#maxAge = maxAge;
  }

  /** Calls `work` with the current pair, and once more with its successor if the pair turns out to be dead. */
  async use(work) {
    const pair = await this.#current();
    try {
      return await work(pair);
    } catch (error) {
      if (!DEAD.includes(error.code)) throw error;
      if ((await this.#current()).AccessKeyId === pair.AccessKeyId) this.refresh();
      const successor = await this.#current();
      if (successor.AccessKeyId === pair.AccessKeyId) throw error;
      return work(successor);
    }
  }

  /** The next use reads the secret again. To be called when keyturn says `keyturn.accesskey.rotated`. */
  refresh() {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  /** However many ask at a time, the secret is read once. A failed read is tried again by the next use. */
  #current() {
    if (performance.now() - this.#readAt < this.#maxAge) return this.#reading;
    this.#readAt = performance.now();
    this.#reading = this.#read();
    this.#reading.catch(() => this.refresh());
    return this.#reading;
  }
}

/** Reads the pair of ACSCurrent, never of a fixed version: that would not follow a rotation. */
export function secretReader({ region, secretName, endpoint = `https://kms.${region}.aliyuncs.com` }) {
  const kms = new OpenApi(clientConfig(endpoint, { credential: new Credential() }));
  const action = { action: 'GetSecretValue', version: '2016-01-20', protocol: 'HTTPS', pathname: '/' };
  const rpc = { method: 'POST', authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: 'json' };
  return async () => {
    const query = { SecretName: secretName, VersionStage: 'ACSCurrent' };
    const request = new $OpenApiUtil.OpenApiRequest({ query });
    const { body } = await kms.callApi(new $OpenApiUtil.Params({ ...action, ...rpc }), request, {});
    return JSON.parse(body.SecretData);
  };
}

/** Who the pair belongs to; it stands for whatever the program does. */
export async function whoAmI(pair, { region, endpoint = `https://sts.${region}.aliyuncs.com` }) {
  const keys = { accessKeyId: pair.AccessKeyId, accessKeySecret: pair.AccessKeySecret };
  const { body } = await new Sts(clientConfig(endpoint, keys)).getCallerIdentity();
  return body.arn;
}

function clientConfig(endpoint, identity) {
  const { host, protocol } = new URL(endpoint);
  const timeouts = { connectTimeout: 10_000, readTimeout: 10_000 };
  return new $OpenApiUtil.Config({
    ...identity,
    ...timeouts,
    endpoint: host,
    protocol: protocol.slice(0, -1),
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { REGION: region, SECRET_NAME: secretName, KMS_ENDPOINT, STS_ENDPOINT } = process.env;
  const key = new RotatedKey(secretReader({ region, secretName, endpoint: KMS_ENDPOINT }));
  console.log(await key.use((pair) => whoAmI(pair, { region, endpoint: STS_ENDPOINT })));
}
