import { ConfigurationError } from './error';

/** Node prints headers, tokens and signatures of every call for these. */
const telling = ['http', 'https', 'http2', 'net', 'tls'];

/**
 * Looks at what the process was started with, before anything else is done. The debug output of the SDKs, which shows
 * whole requests, is switched off.
 * @throws ConfigurationError where secrets would be printed, or sent to whoever answers
 */
export function prepareEnvironment(env: NodeJS.ProcessEnv): void {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    throw refusal(
      'NODE_TLS_REJECT_UNAUTHORIZED',
      'is 0, so that credentials would be sent to whoever answers; remove it, or name a certificate in NODE_EXTRA_CA_CERTS',
    );
  }
  const printing = telling.filter((section) => matches(env.NODE_DEBUG ?? '', section));
  if (printing.length > 0) {
    throw refusal(
      'NODE_DEBUG',
      `names ${printing.join(', ')}, so that Node.js would print tokens and signatures; remove it`,
    );
  }
  delete env.DEBUG;
}

/** As Node.js reads it: names with commas between them, in any case, `*` for anything. */
function matches(setting: string, section: string): boolean {
  return setting.split(',').some((name) => {
    const [first = '', ...rest] = name.trim().toLowerCase().split('*');
    if (rest.length === 0) return first === section;
    const last = rest.at(-1) ?? '';
    return section.startsWith(first) && section.endsWith(last);
  });
}

const refusal = (path: string, message: string) => new ConfigurationError([{ path, message }]);
