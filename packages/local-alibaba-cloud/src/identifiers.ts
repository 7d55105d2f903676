import { createHash, randomBytes, randomUUID } from 'node:crypto';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/**
 * Makes ids and secrets that look like Alibaba Cloud's. The same seed and the same owner give the same ones,
 * whatever else goes on at the time, so that a seeded run can be repeated.
 */
export class Identifiers {
  readonly #seed: string;
  readonly #drawn = new Map<string, number>();

  constructor(seed: number | undefined) {
    this.#seed = seed === undefined ? randomBytes(16).toString('hex') : `${seed}`;
  }

  /** 24 characters, `LTAI5t` first. */
  accessKeyId(owner: string): string {
    return `LTAI5t${this.#draw(ALPHANUMERIC, 18, 'key', owner)}`;
  }

  /** 30 characters. */
  accessKeySecret(owner: string): string {
    return this.#draw(ALPHANUMERIC, 30, 'secret', owner);
  }

  sessionKeyId(owner: string): string {
    return `STS.N${this.#draw(ALPHANUMERIC, 24, 'session', owner)}`;
  }

  sessionSecret(owner: string): string {
    return this.#draw(ALPHANUMERIC, 44, 'session-secret', owner);
  }

  securityToken(owner: string): string {
    return `CAIS${this.#draw(ALPHANUMERIC, 220, 'token', owner)}`;
  }

  /** 18 digits: more than a JavaScript number holds, as the real ones. */
  entityId(kind: 'user' | 'role' | 'group', owner: string): string {
    const first = { user: '2', role: '3', group: 'g-' }[kind];
    return `${first}${this.#draw(DIGITS, 17, kind, owner)}`;
  }

  serial(owner: string): string {
    return this.#draw(ALPHANUMERIC, 16, 'serial', owner);
  }

  requestId(): string {
    return randomUUID();
  }

  #draw(alphabet: string, length: number, ...path: string[]): string {
    const name = path.join('\0');
    const round = this.#drawn.get(name) ?? 0;
    this.#drawn.set(name, round + 1);
    let text = '';
    for (let block = 0; text.length < length; block += 1) {
      const digest = createHash('sha512').update(`${this.#seed}\0${name}\0${round}\0${block}`).digest();
      for (const byte of digest) text += alphabet[byte % alphabet.length];
    }
    return text.slice(0, length);
  }
}
