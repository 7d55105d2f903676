import { sideBySide } from '../base/side-by-side';
import type { InactivityRun } from './context';
import { type Looked, settle, type Warned, type Work } from './look';

/** Users whose warnings are written down side by side. */
const notedAtOnce = 50;

/** Warns in all accounts at once, so that many warnings are one message; they go out whatever the limit says. */
export async function warnAll(run: InactivityRun, looked: readonly Looked[]): Promise<void> {
  const { notifier, log } = run;
  const all = looked.flatMap(({ work }) => work.warned.map((warned): [Work, Warned] => [work, warned]));
  const warnings = all.flatMap(([, warned]) => warned.warnings);
  const deliveries = await notifier.tellAll(warnings, log);
  const deliveryOf = new Map(warnings.map((warning, index) => [warning, deliveries[index]]));
  await sideBySide(all, notedAtOnce, ([work, { warnings: own, ...warned }]) =>
    work.take(warned.observation.user, async () => {
      const delivered = own.flatMap((warning) => {
        const delivery = deliveryOf.get(warning);
        return delivery ? [{ ...warning, delivery }] : [];
      });
      const told = await warned.execution.remember(warned.decision, delivered);
      return settle(run, work, { ...warned, told });
    }),
  );
}
