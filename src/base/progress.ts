/** Is told how far a long look has come. */
export interface Progress {
  /** So many things are to be done from now on. */
  start(total: number): void;
  /** One of them is done. */
  tick(): void;
  stop(): void;
}
