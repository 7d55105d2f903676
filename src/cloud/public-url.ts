/** An address as it may be told: where, but neither login nor query nor fragment; `undefined` for what is no web address. */
export function publicUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, host, pathname } = new URL(value);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return `${protocol}//${host}${pathname}`.slice(0, 512);
}
