/** The core traps: the app does not notice, nothing that was captured is lost, and a fresh core goes on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/eventually.js';
import { only } from '../support/modes.js';
import { newToken, suite } from '../support/suite.js';

/** An interval that no test lives to see the end of, in milliseconds: what is sent is sent for another reason. */
const NEVER = 60_000;

suite('trap', (world) => {
  /** A tab with a client of that project, which has its core. */
  async function started(token, config, entry = 'index') {
    const tab = await world.visit(`trap.html?entry=${entry}`);
    await start(tab, token, config);
    return tab;
  }

  /** Has the tab's page deliver all it has, once the core is at rest again. */
  async function deliver(tab) {
    await tab.waitFor(() => hasTrapped());
    await tab.evaluate(() => hoglet.flush());
  }

  /** Each event arrived once, all of one visitor in one session. A fresh core may send before it reads what is stored. */
  async function assertDelivered(token, names, visitor) {
    const events = await world.collector.delivered(token, names.length);
    events.sort((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp));
    assert.deepEqual(events.map(({ event }) => event), names);
    const visitors = new Set(events.map(({ distinct_id, session_id }) => `${distinct_id} ${session_id}`));
    assert.deepEqual([...visitors], [visitor.join(' ')]);
    return events;
  }

  /** The app has seen nothing of it, and the console tells what happened. */
  async function assertTold(tab, ...messages) {
    assert.deepEqual(await tab.evaluate(() => uncaught), []);
    const errors = await eventually(
      async () => (await tab.console()).filter(({ level }) => level === 'error'),
      (errors) => errors.length >= messages.length,
      'what the console tells',
    );
    assert.equal(errors.length, messages.length, JSON.stringify(errors));
    errors.forEach(({ text }, at) => assert.match(text, messages[at]));
  }

  for (const entry of ['index', 'eager']) {
    test(`a trap in a call costs that call only (entry ${entry})`, async () => {
      const token = newToken('call');
      const tab = await started(token, { batch_interval: NEVER }, entry);
      await tab.evaluate(() => {
        hoglet.register({ theme: 'dark' });
        hoglet.capture('in an earlier task');
      });
      const visitor = await known(tab);
      const answers = await tab.evaluate(() => {
        const answers = [hoglet.capture('before')];
        trapIn('call');
        answers.push(hoglet.capture('traps'), hoglet.capture('after'), hoglet.get_property('theme'));
        return answers.map((answer) => answer?.event ?? answer ?? null);
      });
      assert.deepEqual(answers, ['before', null, 'after', 'dark']);
      assert.deepEqual(await known(tab), visitor);
      await tab.evaluate(() => {
        hoglet.capture('later');
      });
      await deliver(tab);
      await assertDelivered(token, ['in an earlier task', 'before', 'after', 'later'], visitor);
      assert.equal(await tab.evaluate(() => instances), 2);
      await assertTold(tab, ANEW);
    });
  }

  /** What the browser calls, and what makes it call it. */
  const CALLBACKS = {
    microtask: () => {},
    // What waits is stored for good after a while.
    timer: () => {},
    listener: () => dispatchEvent(new Event('resize')),
    // Of what compresses a request's body.
    promise: () => {
      hoglet.flush();
    },
  };

  for (const [kind, provoke] of Object.entries(CALLBACKS)) {
    test(`a trap in a ${kind} costs nothing`, async () => {
      const token = newToken(kind);
      const tab = await started(token, { batch_interval: NEVER });
      await tab.evaluate(() => {
        hoglet.capture('in an earlier task');
      });
      const visitor = await known(tab);
      await tab.evaluate((kind) => {
        hoglet.capture('before');
        trapIn(kind);
      }, kind);
      await tab.evaluate(provoke);
      await tab.waitFor(() => hasTrapped());
      await tab.evaluate(() => {
        hoglet.capture('after');
      });
      assert.deepEqual(await known(tab), visitor);
      // What the former core has asked of the browser is still called.
      await tab.evaluate(() => dispatchEvent(new Event('resize')));
      await deliver(tab);
      await assertDelivered(token, ['in an earlier task', 'before', 'after'], visitor);
      await assertTold(tab, ANEW);
    });
  }

  test('events whose answer nobody heard are sent again with the same ids', async () => {
    const token = newToken('answer');
    const tab = await started(token, { batch_interval: NEVER, disable_compression: true });
    const uuid = await tab.evaluate(() => {
      const { uuid } = hoglet.capture('sent');
      trapIn('promise');
      hoglet.flush();
      return uuid;
    });
    await deliver(tab);
    const receipts = await eventually(
      () => world.collector.receipts({ token }),
      (receipts) => receipts.length === 2,
      'two arrivals',
    );
    assert.deepEqual(receipts.map((receipt) => receipt.uuid), [uuid, uuid]);
    assert.equal((await world.collector.events({ token })).length, 1);
    await assertTold(tab, ANEW);
  });

  test('what the browser throws at the core is as bad as a trap', async () => {
    const token = newToken('throws');
    const tab = await started(token, { batch_interval: NEVER });
    const visitor = await known(tab);
    await tab.evaluate(() => {
      hoglet.capture('before');
      throwIn('microtask');
    });
    await tab.waitFor(() => hasTrapped());
    await tab.evaluate(() => {
      hoglet.capture('after');
    });
    await deliver(tab);
    await assertDelivered(token, ['before', 'after'], visitor);
    await assertTold(tab, /the core failed.*the browser fails/);
  });

  test('a stack that is used up harms nothing but the calls at its end', async () => {
    const token = newToken('stack');
    const tab = await started(token, { batch_interval: NEVER });
    const visitor = await known(tab);
    const thrown = await tab.evaluate(() => {
      hoglet.capture('before');
      let thrown = 0;
      let captures = 0;
      const descend = () => {
        try {
          descend();
        } catch {
          thrown += 1;
        }
        // On the way up, until there is enough of the stack again.
        if (captures < 200) {
          captures += 1;
          try {
            hoglet.capture('on the way up');
          } catch {
            // Not even a function that catches everything can be called here.
          }
        }
      };
      descend();
      return thrown;
    });
    assert.ok(thrown > 0);
    await tab.evaluate(() => {
      hoglet.capture('after');
    });
    await deliver(tab);
    const events = await eventually(
      () => world.collector.events({ token }),
      (events) => events.some(({ event }) => event === 'after'),
      'the last event',
    );
    assert.ok(events.some(({ event }) => event === 'before'));
    assert.deepEqual([...new Set(events.map(({ distinct_id }) => distinct_id))], [visitor[0]]);
    assert.deepEqual(await tab.evaluate(() => uncaught), []);
  });

  test('all clients of a page go on', async () => {
    const [token, other] = [newToken('first'), newToken('second')];
    const tab = await started(token, { batch_interval: NEVER });
    await tab.evaluate(async (token) => {
      const config = { api_host: location.origin, opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true, batch_interval: 60_000 };
      hoglet.init(token, config, 'other');
      await hoglet.load?.();
    }, other);
    await tab.evaluate(() => {
      hoglet.capture('before');
      hoglet.other.capture('before');
      trapIn('call');
      hoglet.capture('traps');
      hoglet.other.capture('after');
      hoglet.capture('after');
    });
    await tab.evaluate(() => Promise.all([hoglet.flush(), hoglet.other.flush()]));
    for (const project of [token, other]) {
      const events = await world.collector.delivered(project, 2);
      assert.deepEqual(events.map(({ event }) => event), ['before', 'after']);
    }
    assert.equal(await tab.evaluate(() => instances), 2);
    await assertTold(tab, ANEW);
  });

  test('a client whose first core traps at once begins all the same', only('lazy', 'eager'), async () => {
    const token = newToken('begin');
    const tab = await world.visit('trap.html?entry=eager');
    const told = await tab.evaluate((token) => {
      const told = [];
      trapIn('call');
      hoglet.init(token, {
        api_host: location.origin,
        opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true,
        loaded: (client) => told.push('loaded', client.capture('loaded')?.event),
        bootstrap: { distinctID: 'ada', isIdentifiedID: true },
      });
      return [...told, hoglet.get_distinct_id()];
    }, token);
    assert.deepEqual(told, ['loaded', 'loaded', 'ada']);
    await deliver(tab);
    await eventually(
      () => world.collector.events({ token }),
      (events) => events.some(({ event }) => event === 'loaded'),
      'the event',
    );
    await assertTold(tab, ANEW);
  });

  test('listeners stay, and hear nothing twice', async () => {
    const token = newToken('listeners');
    const tab = await started(token, { batch_interval: NEVER });
    const heard = await tab.evaluate(async () => {
      const heard = [];
      let delivered = 0;
      hoglet.on('eventCaptured', ({ event }) => heard.push(event));
      hoglet.on('delivered', (count) => {
        delivered += count;
      });
      hoglet.onSessionId(() => heard.push('session'));
      hoglet.capture('before');
      trapIn('call');
      hoglet.capture('traps');
      hoglet.capture('after');
      await hoglet.flush();
      return [...heard, delivered];
    });
    assert.deepEqual(heard, ['before', 'after', 'session', 2]);
  });

  test('a listener that the core calls may ask for what traps, and for more', async () => {
    const token = newToken('nested');
    const tab = await started(token, { batch_interval: NEVER });
    await tab.evaluate(() => {
      const stop = hoglet.on('delivered', () => {
        stop();
        throwIn('promise');
        hoglet.capture('traps');
        hoglet.capture('after');
      });
      hoglet.capture('before');
      hoglet.flush();
    });
    await tab.waitFor(() => instances === 2);
    await deliver(tab);
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ event }) => event), ['before', 'after']);
    await assertTold(tab, ANEW);
  });

  test('hooks see each event once, and what they dropped stays dropped', only('lazy', 'eager'), async () => {
    const token = newToken('hooks');
    const tab = await world.visit('trap.html?entry=eager');
    await tab.evaluate((token) => {
      window.seen = [];
      hoglet.init(token, {
        api_host: location.origin,
        opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true,
        batch_interval: 60_000,
        before_send: (event) => {
          seen.push(event.event);
          return event.event === 'secret' ? null : { ...event, event: `${event.event}, hooked` };
        },
      });
      hoglet.capture('before');
      hoglet.capture('secret');
      trapIn('call');
      hoglet.capture('traps');
      hoglet.capture('after');
    }, token);
    await deliver(tab);
    const events = await world.collector.delivered(token, 2);
    assert.deepEqual(events.map(({ event }) => event), ['before, hooked', 'after, hooked']);
    assert.deepEqual(await tab.evaluate(() => seen), ['before', 'secret', 'after']);
  });

  test('what a hook asks for may trap', only('lazy', 'eager'), async () => {
    const token = newToken('inside');
    const tab = await world.visit('trap.html?entry=eager');
    await tab.evaluate((token) => {
      hoglet.init(token, {
        api_host: location.origin,
        opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true,
        batch_interval: 60_000,
        before_send: (event) => {
          if (event.event === 'hooked') {
            trapIn('call');
            hoglet.get_property('traps');
            hoglet.get_property('does not');
          }
          return event;
        },
      });
      hoglet.capture('before');
      hoglet.capture('hooked');
      hoglet.capture('after');
    }, token);
    await deliver(tab);
    const events = await world.collector.delivered(token, 3);
    assert.deepEqual(events.map(({ event }) => event), ['before', 'hooked', 'after']);
    await assertTold(tab, ANEW);
  });

  test('who has refused is not captured by the next core', async () => {
    const token = newToken('refused');
    const tab = await started(token, { batch_interval: NEVER });
    await tab.evaluate(() => {
      hoglet.capture('before');
      hoglet.opt_out_capturing();
      trapIn('call');
      hoglet.capture('traps');
    });
    await deliver(tab);
    assert.equal(await tab.evaluate(() => hoglet.capture('after') === undefined), true);
    await tab.evaluate(() => hoglet.flush());
    assert.deepEqual(await world.collector.events({ token }), []);
  });

  test('flush and shutdown answer for the next core', async () => {
    const token = newToken('flush');
    const tab = await started(token, { batch_interval: NEVER });
    const result = await tab.evaluate(() => {
      hoglet.capture('flushed');
      const flushed = hoglet.flush();
      trapIn('microtask');
      return flushed;
    });
    assert.deepEqual(result, { sent: 1, remaining: 0 });
    const last = await tab.evaluate(() => {
      hoglet.capture('last');
      const over = hoglet.shutdown(60_000);
      trapIn('microtask');
      return over;
    });
    assert.deepEqual(last, { sent: 1, remaining: 0 });
    await world.collector.delivered(token, 2);
    await assertTold(tab, ANEW, ANEW);
  });

  test('after the third trap in a minute the client is quiet, and the next page delivers the rest', async () => {
    const token = newToken('thrice');
    const tab = await started(token, { batch_interval: NEVER });
    const visitor = await known(tab);
    const answers = await tab.evaluate(async () => {
      hoglet.capture('in an earlier task');
      await null;
      for (let trap = 0; trap < 3; trap += 1) {
        hoglet.capture(`before trap ${trap}`);
        trapIn('call');
        hoglet.capture('traps');
      }
      const { remaining } = await hoglet.flush();
      const after = [hoglet.capture('after'), hoglet.get_distinct_id(), hoglet.is_capturing(), hoglet._events_queue];
      return [remaining, ...after];
    });
    assert.deepEqual(answers, [0, null, null, false, []]);
    await tab.evaluate(() => dispatchEvent(new Event('resize')));
    assert.equal(await tab.evaluate(() => instances), 3);
    await assertTold(tab, ANEW, ANEW, /the core keeps failing/);
    assert.deepEqual(await world.collector.events({ token }), []);

    await world.go(tab, 'trap.html');
    await start(tab, token, {});
    await assertDelivered(
      token,
      ['in an earlier task', 'before trap 0', 'before trap 1', 'before trap 2'],
      visitor,
    );
    const left = await tab.evaluate(
      (token) => Object.keys(localStorage).filter((key) => key.includes(`outbox_${token}`)),
      token,
    );
    assert.deepEqual(left, []);
  });
});

/** What the console tells of a trap. */
const ANEW = /\[hoglet\] the core failed and starts anew/;

/** Initialises the page's client and waits until its core is there. */
async function start(tab, token, config) {
  await tab.evaluate(
    async (token, config) => {
      hoglet.init(token, { api_host: location.origin, load: 'manual', opt_out_useragent_filter: true, autocapture: false, capture_pageview: false, advanced_disable_flags: true, ...config });
      await hoglet.load?.();
    },
    token,
    config,
  );
}

/** What a visitor is known by. */
function known(tab) {
  return tab.evaluate(() => [hoglet.get_distinct_id(), hoglet.get_session_id()]);
}
