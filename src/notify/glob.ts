/** Whether a name matches a pattern, where `*` is any text and `?` any one character. */
export function matchesGlob(pattern: string, name: string): boolean {
  const source = [...pattern]
    .map((char) => (char === '*' ? '.*' : char === '?' ? '.' : literal(char)))
    .join('');
  return new RegExp(`^${source}$`, 'su').test(name);
}

const literal = (char: string) => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
