import type { Progress } from '../src/base/progress';
import { epilogue, prologue } from './narration';
import { type PlayOptions, play } from './play';

export interface DemoOptions extends Pick<PlayOptions, 'days' | 'seed' | 'built' | 'meddling'> {
  readonly write: (text: string) => void;
  readonly progress: Progress;
}

/** Plays and tells. Gives the exit code: 0 only where no call failed but in the emergency, and every rule was kept. */
export async function demo({ write, ...options }: DemoOptions): Promise<number> {
  const story = await play({ ...options, opened: (cast) => write(prologue(cast, options)) });
  write(epilogue(story));
  return story.troubles.length === 0 ? 0 : 1;
}
