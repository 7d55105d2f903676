import type { DateTime } from 'luxon';
import type { Fact } from '../../notify/fact';
import type { Delivery, Notice, Notifier } from '../../notify/notifier';
import type { Logger } from '../../report/log';

/** The notice of a new key goes out with those of the other users, and its delivery is written down after that. */
export class NoticeGatheredError extends Error {
  override readonly name = 'NoticeGatheredError';

  constructor(
    readonly fact: Fact,
    /** Since when it is due. */
    readonly since: DateTime,
  ) {
    super('The notice of the rotation is gathered with others.');
  }
}

/** The notices of new keys of one run, over all its users and accounts: many of them are one message to a chat. */
export class NewKeyNotices {
  readonly #gathered: (Notice & { readonly since: DateTime })[] = [];
  readonly #deliveries = new Map<string, Delivery>();

  /** What came of it, where this run has told it. @throws NoticeGatheredError where it has not yet */
  deliveryOf(fact: Fact, only: readonly string[], since: DateTime): Delivery {
    const delivery = this.#deliveries.get(fact.id);
    if (delivery) return delivery;
    this.#gathered.push({ fact, only, since });
    throw new NoticeGatheredError(fact, since);
  }

  /** Whether any channel took it in this run. */
  isTaken({ id }: Fact): boolean {
    return (this.#deliveries.get(id)?.taken.length ?? 0) > 0;
  }

  /** Tells what was gathered, first what has waited longest. */
  async tell(notifier: Notifier, log: Logger): Promise<void> {
    const notices = this.#gathered.splice(0).sort((a, b) => a.since.toMillis() - b.since.toMillis());
    const deliveries = await notifier.tellAll(notices, log);
    notices.forEach(({ fact }, index) => {
      const delivery = deliveries[index];
      if (delivery) this.#deliveries.set(fact.id, delivery);
    });
  }
}
