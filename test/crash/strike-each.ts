import { exhaustive, sample } from '../support/effort';

/** Of the calls of a run, so many are struck where not all are. */
const few = 1;

export interface Struck {
  /** Whether the run had a call at that place. */
  readonly hit: boolean;
  readonly calls: readonly string[];
  readonly complaints: readonly string[];
}

/** Tells what is wrong with the undisturbed run, and with those of which one call was struck. */
export async function strikeEach(
  undisturbed: Omit<Struck, 'hit'>,
  label: string,
  strike: (at: number) => Promise<Struck>,
): Promise<string[]> {
  const count = undisturbed.calls.length;
  const found = undisturbed.complaints.map((complaint) => `undisturbed: ${complaint}`);
  const look = async (at: number): Promise<boolean> => {
    const { hit, calls, complaints } = await strike(at);
    if (!hit && at < count) found.push(`call ${at} of ${count} was not struck`);
    const where = `call ${at} (${undisturbed.calls[at] ?? calls[at]})`;
    if (hit) found.push(...complaints.map((complaint) => `${where}: ${complaint}`));
    return hit;
  };
  for (const at of sample([...undisturbed.calls.keys()], few, label)) await look(at);
  // A run that is struck may make more calls than the other one.
  if (exhaustive) for (let at = count; await look(at); at++);
  return found;
}
