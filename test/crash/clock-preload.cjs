// Sets a process's wall clock apart from the machine's: node -r ./test/crash/clock-preload.cjs …
// KEYTURN_CLOCK_OFFSET_MS says how far; a parent may send { clockOffsetMs } at any time.
const RealDate = Date;
let offsetMs = Number(process.env.KEYTURN_CLOCK_OFFSET_MS ?? 0);
const now = () => RealDate.now() + offsetMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === 'now' ? now : target[key]),
});

if (process.send) {
  process.on('message', ({ clockOffsetMs }) => {
    if (clockOffsetMs !== undefined) offsetMs = clockOffsetMs;
  });
}
