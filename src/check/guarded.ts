import { EventError } from '../config/error';
import { failure, type Line } from './line';
import { troubleOf } from './trouble';

/** What these lines say; a failure of the whole group where they cannot be had. @throws EventError */
export async function guarded(id: string, lines: () => Promise<Line[]>): Promise<Line[]> {
  try {
    return await lines();
  } catch (error) {
    if (error instanceof EventError) throw error;
    const { text, remedy } = troubleOf(error);
    return [failure(id, text, remedy)];
  }
}
