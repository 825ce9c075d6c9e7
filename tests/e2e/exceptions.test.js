/** Exceptions: those that nobody handles, and those that the app hands over. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { initAndLoad, newToken, suite } from '../support/suite.js';

suite('exceptions', (world) => {
  test('an exception that the app hands over is told with its stack, its causes and the steps before', async () => {
    const token = newToken('handed');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token);
    const result = await tab.evaluate(async () => {
      hoglet.addExceptionStep('opened the cart', { pieces: 2 });
      const inner = new RangeError('too many');
      const app = () => hoglet.captureException(new TypeError('cannot pay as ann@mail.example', { cause: inner }), { order: 7 });
      const captured = app();
      const again = hoglet.captureException('a text');
      await hoglet.flush();
      return [captured.event, Boolean(again)];
    });
    assert.deepEqual(result, ['$exception', true]);
    const [event, text] = await world.collector.delivered(token, 2);
    const [outer, inner] = event.properties.$exception_list;
    assert.deepEqual([outer.type, outer.value], ['TypeError', 'cannot pay as <redacted:email>']);
    assert.deepEqual([inner.type, inner.value, inner.mechanism.source], ['RangeError', 'too many', 'cause']);
    assert.equal(outer.mechanism.handled, true);
    assert.ok(outer.stacktrace.frames.length > 0);
    assert.equal(event.properties.$exception_level, 'error');
    assert.equal(event.properties.order, 7);
    assert.deepEqual(event.properties.$exception_steps.map(({ $message, pieces }) => [$message, pieces]), [['opened the cart', 2]]);
    assert.equal(text.properties.$exception_list[0].value, 'a text');
    assert.equal(text.properties.$exception_steps, undefined, 'they are told once');
  });

  test('what nobody handles is told where that is asked for, and the app sees it as ever', async () => {
    const token = newToken('unhandled');
    const tab = await world.visit('failing.html');
    await initAndLoad(tab, token, { capture_exceptions: true, batch_interval: 100 });
    await tab.evaluate(async () => {
      window.seen = [];
      window.onerror = (message) => window.seen.push(message) > 0;
      await fail('nobody caught this');
      await reject('nobody handled this');
    });
    const events = await world.collector.delivered(token, 2);
    const told = events.map(({ event, properties }) => [event, properties.$exception_list[0].value, properties.$exception_list[0].mechanism.handled]);
    assert.deepEqual(told.sort(), [
      ['$exception', 'nobody caught this', false],
      ['$exception', 'nobody handled this', false],
    ]);
    const frame = events[0].properties.$exception_list[0].stacktrace.frames.at(-1);
    assert.equal(frame.filename, world.page('failing.html'));
    assert.equal(frame.in_app, true);
    assert.equal(await tab.evaluate(() => window.seen.length), 1);
  });

  test('what nobody handles is not told otherwise, and not any more when it was ended', async () => {
    const token = newToken('unwatched');
    const tab = await world.visit('failing.html');
    await initAndLoad(tab, token, { batch_interval: 100 });
    await tab.evaluate(async () => {
      window.onerror = () => true;
      await fail('before');
      hoglet.startExceptionAutocapture();
      await fail('meanwhile');
      hoglet.stopExceptionAutocapture();
      await fail('after');
      hoglet.capture('last');
      await hoglet.flush();
    });
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ event, properties }) => properties.$exception_list?.[0].value ?? event), ['meanwhile', 'last']);
  });

  test('an exception that comes again and again is told nine times', async () => {
    const token = newToken('storm');
    const tab = await world.visit('lazy.html');
    await initAndLoad(tab, token, { capture_exceptions: { capture_console_errors: true }, batch_interval: 100 });
    await tab.evaluate(() => {
      for (let n = 0; n < 50; n += 1) console.error(new Error('again'));
      return hoglet.flush();
    });
    await world.collector.delivered(token, 9);
  });
});
