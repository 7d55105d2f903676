/** A platform that retries keeps the request's id, and the two may overlap: a run's id is its own. */
export const runIdOf = (requestId: string): string =>
  `${requestId.replace(/[^A-Za-z0-9]/g, '').slice(0, 12)}${Math.random().toString(36).slice(2, 8)}`;
