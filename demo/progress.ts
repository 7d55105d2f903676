const WIDTH = 40;
const LINE_START = '\r';
const CLEAR_LINE = '\x1b[2K';

/** One line of a terminal that is written over and over. */
export function progressBar(days: number, write: (text: string) => void) {
  return {
    show({ day, calls, failed }: { day: number; calls: number; failed: number }): void {
      const done = Math.round((day / days) * WIDTH);
      const bar = '█'.repeat(done) + '░'.repeat(WIDTH - done);
      const counts = `${calls.toLocaleString('en-US')} calls, ${failed} failed`;
      write(`${LINE_START}${CLEAR_LINE}  ${bar}  day ${day} of ${days}   ${counts}`);
    },
    clear(): void {
      write(`${LINE_START}${CLEAR_LINE}`);
    },
  };
}
