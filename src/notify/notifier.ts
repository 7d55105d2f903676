import type { Clock } from '../base/clock';
import type { Secret } from '../cloud/secret';
import type { Channel as ChannelConfig } from '../config/schema';
import type { Logger } from '../report/log';
import { type Resolve, systemResolve } from './address';
import type { Channel, ChannelRef, FunctionCalls } from './channel';
import { createChannel } from './channels';
import { DeliveryError } from './delivery-error';
import type { Fact } from './fact';
import { matchesGlob } from './glob';
import type { Locale } from './message';

const ATTEMPTS = 3;
const TIMEOUT = 5_000;
const FIRST_PAUSE = 1_000;

export interface Delivery {
  /** Ids of the channels that took it. */
  readonly taken: string[];
  readonly failed: (ChannelRef & { error: string })[];
  /** What each channel that took it answered, by id, for a person. */
  readonly answers: Record<string, string>;
}

export interface Notifier {
  readonly channels: readonly ChannelRef[];
  /** The channels that a fact is for. Empty: nobody is to be told but the log and the report. */
  due(fact: Fact): ChannelRef[];
  /**
   * Tells all channels due, or those of them in `only`, side by side and with a few attempts each. Never rejects
   * for a channel's failure. In mode plan it refuses.
   */
  deliver(fact: Fact, only?: readonly string[]): Promise<Delivery>;
  /** As `deliver`; the log says which channels have not taken it. */
  tell(fact: Fact, log: Logger, only?: readonly string[]): Promise<Delivery>;
  /** The same notifier, without the channels that may not be told of a fact. */
  narrowed(mayTell: (fact: Fact, channel: ChannelRef) => boolean): Notifier;
}

export interface NotifierDeps {
  mode: 'plan' | 'enforce';
  clock: Clock;
  locale: Locale;
  /** How functions are called; needed where there is a channel of type `function`. */
  functions?: FunctionCalls;
  /** The value of a KMS secret; needed where the configuration of a channel names one. */
  readSecret?: (name: string) => Promise<Secret>;
  /** On the scale of `clock.elapsed()`: no attempt begins or lasts beyond it. */
  deadline?: number;
  /** Milliseconds for one attempt. */
  timeout?: number;
  resolve?: Resolve;
}

export function createNotifier(configs: readonly ChannelConfig[], deps: NotifierDeps): Notifier {
  const channelDeps = { ...deps, resolve: deps.resolve ?? systemResolve };
  const routes = configs.map((config, index) => ({
    config,
    channel: createChannel(config, index + 1, channelDeps),
  }));
  const dueChannels = (fact: Fact) => {
    const channels = routes.filter(({ config }) => isDue(config, fact)).map(({ channel }) => channel);
    return [...new Map(channels.map((channel) => [channel.id, channel])).values()];
  };
  return notifierOf(
    routes.map(({ channel }) => ref(channel)),
    dueChannels,
    deps,
  );
}

function notifierOf(
  channels: readonly ChannelRef[],
  dueChannels: (fact: Fact) => Channel[],
  deps: NotifierDeps,
): Notifier {
  const deliver: Notifier['deliver'] = async (fact, only) => {
    if (deps.mode === 'plan') throw new Error(`mode is plan: the notice ${fact.id} was not sent`);
    const wanted = dueChannels(fact).filter(({ id }) => only === undefined || only.includes(id));
    const delivery: Delivery = { taken: [], failed: [], answers: {} };
    await Promise.all(
      wanted.map(async (channel) => {
        try {
          delivery.answers[channel.id] = await persist(channel, fact, deps);
          delivery.taken.push(channel.id);
        } catch (error) {
          delivery.failed.push({ ...ref(channel), error: describe(error) });
        }
      }),
    );
    return delivery;
  };
  return {
    channels,
    due: (fact) => dueChannels(fact).map(ref),
    deliver,
    async tell(fact, log, only) {
      const delivery = await deliver(fact, only);
      for (const { label, error } of delivery.failed) {
        log.warn({ subject: fact.subject, event: fact.type, channel: label, error }, 'notice not delivered');
      }
      return delivery;
    },
    narrowed(mayTell) {
      const left = (fact: Fact) => dueChannels(fact).filter((channel) => mayTell(fact, channel));
      return notifierOf(channels, left, deps);
    },
  };
}

async function persist(channel: Channel, fact: Fact, deps: NotifierDeps): Promise<string> {
  const { clock, deadline = Number.POSITIVE_INFINITY, timeout = TIMEOUT } = deps;
  for (let attempt = 1; ; attempt += 1) {
    const left = deadline - clock.elapsed();
    if (left <= 0) throw new DeliveryError('no time left in this run', { retryable: true });
    try {
      return await withTimeout(Math.min(timeout, left), (signal) => channel.deliver(fact, signal));
    } catch (error) {
      const pause = FIRST_PAUSE * 3 ** (attempt - 1);
      const again = error instanceof DeliveryError && error.retryable && attempt < ATTEMPTS;
      if (!again || clock.elapsed() + pause >= deadline) throw error;
      await clock.sleep(pause);
    }
  }
}

async function withTimeout<T>(ms: number, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  try {
    return await attempt(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

function isDue({ users, events }: ChannelConfig, fact: Fact): boolean {
  if (fact.type === 'keyturn.test') return true;
  if (events && !events.some((pattern) => matchesGlob(pattern, fact.type))) return false;
  if (fact.type.startsWith('keyturn.run.')) return true;
  return !users || users.some((pattern) => matchesGlob(pattern, fact.subject));
}

const ref = ({ id, label }: ChannelRef): ChannelRef => ({ id, label });

function describe(error: unknown): string {
  if (error instanceof DeliveryError) return error.message;
  return `unexpected ${error instanceof Error ? error.name : typeof error}`;
}
