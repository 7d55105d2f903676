import { epilogue, prologue } from './narration';
import { type PlayOptions, play } from './play';
import { progressBar } from './progress';

export interface DemoOptions extends Pick<PlayOptions, 'days' | 'seed' | 'built' | 'meddling'> {
  readonly write: (text: string) => void;
  /** There is a person who watches: show progress. */
  readonly terminal: boolean;
}

/** Plays and tells. Gives the exit code: 0 only where no call failed but in the emergency, and every rule was kept. */
export async function demo({ write, terminal, ...options }: DemoOptions): Promise<number> {
  const bar = terminal ? progressBar(options.days, write) : undefined;
  const story = await play({
    ...options,
    opened: (cast) => write(prologue(cast, options)),
    ...(bar && { progress: bar.show }),
  });
  bar?.clear();
  write(epilogue(story));
  return story.troubles.length === 0 ? 0 : 1;
}
