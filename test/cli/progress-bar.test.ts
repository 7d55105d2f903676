import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { progressBar, whileWaiting } from '../../src/cli/text/progress-bar';

/** A terminal that remembers what was written to it. */
class FakeScreen extends Writable {
  readonly columns = 100;
  readonly isTTY: boolean;
  text = '';

  constructor(isTTY = true) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  /** Nothing of what was written is left on the line. */
  get isClear(): boolean {
    return this.text.endsWith('\u001b[2K');
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a bar', () => {
  test('appears after two seconds with what was done by then, goes on, and leaves nothing', () => {
    const screen = new FakeScreen();
    const bar = progressBar('Reading users', screen);
    bar.start(4);
    bar.tick();
    vi.advanceTimersByTime(1999);
    expect(screen.text).toBe('');
    vi.advanceTimersByTime(1);
    expect(screen.text).toMatch(/Reading users .* 1 of 4, 2 s/);
    bar.tick();
    vi.advanceTimersByTime(1000);
    expect(screen.text).toMatch(/Reading users .* 2 of 4, 3 s/);
    bar.stop();
    expect(screen.isClear).toBe(true);
  });

  test('does not appear where the work is done before', () => {
    const screen = new FakeScreen();
    const bar = progressBar('Reading users', screen);
    bar.start(1);
    bar.tick();
    bar.stop();
    vi.advanceTimersByTime(10_000);
    expect(screen.text).toBe('');
  });

  test('is for terminals only', () => {
    const screen = new FakeScreen(false);
    const bar = progressBar('Reading users', screen);
    bar.start(2);
    vi.advanceTimersByTime(5000);
    bar.tick();
    bar.stop();
    expect(screen.text).toBe('');
  });

  test('of nothing, and one that is stopped twice or never begun, do no harm', () => {
    const screen = new FakeScreen();
    const bar = progressBar('Reading users', screen);
    bar.stop();
    bar.start(0);
    vi.advanceTimersByTime(3000);
    expect(screen.text).not.toContain('NaN');
    bar.stop();
    bar.stop();
    expect(screen.isClear).toBe(true);
  });
});

describe('a wait', () => {
  test('tells for how long, and hands over the outcome', async () => {
    const screen = new FakeScreen();
    const work = new Promise((done) => setTimeout(done, 6500, 'done'));
    const waiting = whileWaiting('rotate-keys is at work', work, screen);
    await vi.advanceTimersByTimeAsync(1999);
    expect(screen.text).toBe('');
    await vi.advanceTimersByTimeAsync(4501);
    expect(screen.text).toContain('rotate-keys is at work, 6 s');
    expect(await waiting).toBe('done');
    expect(screen.isClear).toBe(true);
  });

  test('that fails clears its line too', async () => {
    const screen = new FakeScreen();
    const work = new Promise((_, fail) => setTimeout(fail, 3000, new Error('no answer')));
    const failing = expect(whileWaiting('rotate-keys is at work', work, screen)).rejects.toThrow('no answer');
    await vi.advanceTimersByTimeAsync(3000);
    await failing;
    expect(screen.isClear).toBe(true);
  });
});
