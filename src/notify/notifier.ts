import type { Clock } from '../base/clock';
import type { Secret } from '../cloud/secret';
import type { Channel as ChannelConfig } from '../config/schema';
import type { Logger } from '../report/log';
import { type Resolve, systemResolve } from './address';
import type { Channel, ChannelRef, FunctionCalls } from './channel';
import { createChannel } from './channels';
import type { Fact } from './fact';
import { matchesGlob } from './glob';
import { Lane } from './lane';
import type { Locale } from './message';
import type { Urgency } from './urgency';

const timeoutMs = 5_000;
/** Of the time of a run; kept for alarms, which come at its end. */
const keptForAlarms = { share: 0.1, mostMs: 20_000 };

export interface Delivery {
  /** Ids of the channels that took it. */
  readonly taken: string[];
  readonly failed: (ChannelRef & { error: string })[];
  /** What each channel that took it answered, by id, for a person. */
  readonly answers: Record<string, string>;
}

/** A fact for all channels due, or for those of them in `only`. */
export interface Notice {
  readonly fact: Fact;
  readonly only?: readonly string[];
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
  /** As `tell`, in the order of the notices. A channel that is due on many facts of one type may get one message. */
  tellAll(notices: readonly Notice[], log: Logger): Promise<Delivery[]>;
  /**
   * Keeps a fact that nothing waits for until the end of the run, so that many of them are one message. `afterwards`
   * gets what came of it.
   */
  keep(fact: Fact, afterwards?: Afterwards): void;
  /** Tells what was kept. */
  tellKept(log: Logger): Promise<void>;
  /** The same notifier, without the channels that may not be told of a fact. What was kept is kept in common. */
  narrowed(mayTell: (fact: Fact, channel: ChannelRef) => boolean): Notifier;
}

export type Afterwards = (delivery: Delivery) => Promise<void>;

export interface NotifierDeps {
  mode: 'plan' | 'enforce';
  clock: Clock;
  locale: Locale;
  timezone: string;
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
  const { clock, mode, timeout = timeoutMs } = deps;
  const deadlineFor = deadlines(deps);
  const channelDeps = { ...deps, resolve: deps.resolve ?? systemResolve };
  const routes = configs.map((config, index): Route => {
    const channel = createChannel(config, index + 1, channelDeps);
    return { config, channel, lane: new Lane(channel, { clock, timeoutMs: timeout, deadlineFor }) };
  });
  const due = (fact: Fact) => {
    const all = routes.filter(({ config }) => isDue(config, fact));
    return [...new Map(all.map((route) => [route.channel.id, route])).values()];
  };
  return notifierOf(
    routes.map(({ channel }) => ref(channel)),
    due,
    mode,
    [],
  );
}

interface Kept {
  readonly notice: Notice;
  readonly afterwards?: Afterwards;
}

interface Route {
  readonly config: ChannelConfig;
  readonly channel: Channel;
  readonly lane: Lane;
}

/** Until when a notice may be sent; only alarms may be until the very end. */
function deadlines({
  clock,
  deadline = Number.POSITIVE_INFINITY,
}: NotifierDeps): (urgency: Urgency) => number {
  const kept = Math.min(Math.max(0, deadline - clock.elapsed()) * keptForAlarms.share, keptForAlarms.mostMs);
  return (urgency) => (urgency === 'alarm' ? deadline : deadline - kept);
}

function notifierOf(
  channels: readonly ChannelRef[],
  routesFor: (fact: Fact) => Route[],
  mode: NotifierDeps['mode'],
  kept: Kept[],
): Notifier {
  const deliver: Notifier['deliver'] = async (fact, only) => {
    if (mode === 'plan') throw new Error(`mode is plan: the notice ${fact.id} was not sent`);
    const wanted = routesFor(fact).filter(({ channel }) => only === undefined || only.includes(channel.id));
    const delivery: Delivery = { taken: [], failed: [], answers: {} };
    await Promise.all(
      wanted.map(async ({ channel, lane }) => {
        const outcome = await lane.send(fact);
        if (outcome.taken) {
          delivery.taken.push(channel.id);
          delivery.answers[channel.id] = outcome.answer;
        } else delivery.failed.push({ ...ref(channel), error: outcome.error });
      }),
    );
    return delivery;
  };
  const tellAll: Notifier['tellAll'] = async (notices, log) => {
    // All are sent in one go, so that a lane sees what it can put into one message.
    const deliveries = await Promise.all(notices.map(({ fact, only }) => deliver(fact, only)));
    for (const failure of failures(notices, deliveries)) log.warn(failure, 'notice not delivered');
    return deliveries;
  };
  return {
    channels,
    due: (fact) => routesFor(fact).map(({ channel }) => ref(channel)),
    deliver,
    async tell(fact, log, only) {
      const [delivery] = await tellAll([{ fact, ...(only && { only }) }], log);
      return delivery ?? { taken: [], failed: [], answers: {} };
    },
    tellAll,
    keep(fact, afterwards) {
      const only = routesFor(fact).map(({ channel }) => channel.id);
      kept.push({ notice: { fact, only }, ...(afterwards && { afterwards }) });
    },
    async tellKept(log) {
      const all = kept.splice(0);
      const deliveries = await tellAll(
        all.map(({ notice }) => notice),
        log,
      );
      await Promise.all(
        all.map(({ afterwards }, index) => {
          const delivery = deliveries[index];
          return delivery && afterwards?.(delivery);
        }),
      );
    },
    narrowed(mayTell) {
      const left = (fact: Fact) => routesFor(fact).filter(({ channel }) => mayTell(fact, channel));
      return notifierOf(channels, left, mode, kept);
    },
  };
}

/** As many subjects as a log line names. */
const named = 20;

/** What the log says: one line for all that failed alike. */
function failures(notices: readonly Notice[], deliveries: readonly Delivery[]): object[] {
  const alike = new Map<string, { event: string; channel: string; error: string; subjects: string[] }>();
  deliveries.forEach(({ failed }, index) => {
    const { type: event, subject = '' } = notices[index]?.fact ?? {};
    for (const { label: channel, error } of failed) {
      const key = JSON.stringify([event, channel, error]);
      const line = alike.get(key) ?? { event: event ?? '', channel, error, subjects: [] };
      line.subjects.push(subject);
      alike.set(key, line);
    }
  });
  return [...alike.values()].map(({ subjects, ...line }) => ({
    ...line,
    notices: subjects.length,
    subjects: subjects.slice(0, named),
  }));
}

function isDue({ users, events }: ChannelConfig, fact: Fact): boolean {
  if (fact.type === 'keyturn.test') return true;
  if (events && !events.some((pattern) => matchesGlob(pattern, fact.type))) return false;
  if (fact.type.startsWith('keyturn.run.')) return true;
  return !users || users.some((pattern) => matchesGlob(pattern, fact.subject));
}

const ref = ({ id, label }: ChannelRef): ChannelRef => ({ id, label });
