import { Application, type Hour } from './application';
import type { Member } from './cast';
import type { Chronicle } from './chronicle';
import type { World } from './world';

/** All programs of the account: each works every hour, and whatever is refused is counted. */
export class Programs {
  calls = 0;
  failed = 0;

  readonly #world: World;
  readonly #chronicle: Chronicle;
  readonly #applications: readonly Application[];
  /** Calls refused, by leaked key: with these a refusal is what was wanted. */
  readonly #refusedOfLeaked = new Map<string, number>();

  constructor(world: World, members: readonly Member[], chronicle: Chronicle) {
    this.#world = world;
    this.#chronicle = chronicle;
    this.#applications = members.flatMap(({ habits }) => (habits ? [new Application(world, habits)] : []));
  }

  async hour(): Promise<void> {
    const hours = await Promise.all(this.#applications.map((application) => application.hour()));
    for (const [index, hour] of hours.entries()) this.#count(this.#applications[index]?.user ?? '', hour);
  }

  /** The key that the program of this user signs with now. */
  keyOf(user: string): string {
    return this.#applications.find((application) => application.user === user)?.keyId ?? '';
  }

  /** From now on calls with this key may fail. */
  expectRefusals(leakedKeyId: string): void {
    this.#refusedOfLeaked.set(leakedKeyId, 0);
  }

  refusedWith(leakedKeyId: string): number {
    return this.#refusedOfLeaked.get(leakedKeyId) ?? 0;
  }

  #count(user: string, { calls, failures, news }: Hour): void {
    // On the first day every program starts.
    if (news && this.#world.day > 0) this.#chronicle.tell(user, news);
    this.calls += calls;
    this.failed += failures.length;
    for (const { keyId, code } of failures) {
      const before = this.#refusedOfLeaked.get(keyId);
      if (before === undefined) this.#chronicle.trouble(`a call of ${user} failed: ${code} for key ${keyId}`);
      else this.#refusedOfLeaked.set(keyId, before + 1);
    }
  }
}
