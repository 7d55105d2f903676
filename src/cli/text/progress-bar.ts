import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../../base/progress';

/** Where progress is shown: standard error, so that what a command prints stays clean. */
export interface Screen extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
}

/** What takes less needs no bar. */
const patienceMs = 2000;

/** A bar that appears after two seconds, on a terminal only, and leaves nothing behind. */
export function progressBar(label: string, screen: Screen = process.stderr): Progress {
  const late = new LateBar(`${label} {bar} {value} of {total}, {duration_formatted}`, screen);
  return {
    start: (total) => late.start(total),
    tick: () => late.tick(),
    stop: () => late.stop(),
  };
}

/** Tells for how long this has been under way, where nobody knows how much of it is left. */
export async function whileWaiting<T>(
  label: string,
  work: Promise<T>,
  screen: Screen = process.stderr,
): Promise<T> {
  const late = new LateBar(`${label}, {duration_formatted}`, screen);
  late.start(1);
  try {
    return await work;
  } finally {
    late.stop();
  }
}

class LateBar {
  readonly #bar: SingleBar;
  readonly #screen: Screen;
  #done = 0;
  #appearance: NodeJS.Timeout | undefined;

  constructor(format: string, screen: Screen) {
    this.#screen = screen;
    this.#bar = new SingleBar(
      {
        format,
        stream: screen,
        clearOnComplete: true,
        // Nothing about the terminal is changed, so nothing need be put right when the command is interrupted.
        hideCursor: false,
        linewrap: true,
        gracefulExit: false,
        formatTime: (seconds: number) => `${seconds + patienceMs / 1000} s`,
      },
      Presets.shades_classic,
    );
  }

  start(total: number): void {
    if (!this.#screen.isTTY) return;
    this.#appearance = setTimeout(() => this.#bar.start(total, this.#done), patienceMs);
  }

  tick(): void {
    this.#done += 1;
    this.#bar.update(this.#done);
  }

  stop(): void {
    clearTimeout(this.#appearance);
    this.#bar.stop();
  }
}
