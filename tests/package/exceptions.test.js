/** What is read of what was thrown, whatever it is, and where a page is watched for it: without a browser. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { watchExceptions } from '../../pkg-template/exceptions.js';
import { readThrown, stackAbove } from '../../pkg-template/thrown.js';

const read = (thrown, stack) => JSON.parse(readThrown(thrown, stack));

/** Something whose every use fails. */
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** An event of the page's, as far as it matters. */
const event = (tag, members) => ({ ...members, [Symbol.toStringTag]: tag });

function withGlobals(globals, run) {
  Object.assign(globalThis, globals);
  try {
    return run();
  } finally {
    for (const name of Object.keys(globals)) delete globalThis[name];
  }
}

test('an error is read with its name, its message and its calls', () => {
  const [entry, ...others] = read(new TypeError('oh'));
  assert.deepEqual(others, []);
  assert.deepEqual([entry.kind, entry.type, entry.value, entry.synthetic], ['error', 'TypeError', 'oh', undefined]);
  assert.match(entry.stack, /^\n    at .*exceptions\.test\.js:\d+:\d+/);
});

test('an error of another window is one too', () => {
  const error = runInNewContext('new RangeError("far")');
  assert.ok(!(error instanceof Error));
  const [entry] = read(error);
  assert.deepEqual([entry.kind, entry.type, entry.value], ['error', 'RangeError', 'far']);
});

test('an error that names no type has its class', () => {
  class Mine extends Error {}
  const error = Object.assign(new Mine('oh'), { name: '' });
  assert.equal(read(error)[0].class, 'Mine');
});

test('a DOMException is told from an error', () => {
  const [entry] = read(new DOMException('gone', 'NotFoundError'));
  assert.deepEqual([entry.kind, entry.type, entry.value], ['domexception', 'NotFoundError', 'gone']);
});

test('a message that looks like a stack is not taken for one', () => {
  const message = 'one\n    at two (https://shop.example/y.js:1:2)\nthree@https://shop.example/z.js:3:4';
  const [entry] = read(new Error(message));
  assert.equal(entry.value, message);
  assert.ok(!entry.stack.includes('shop.example'));
  assert.match(entry.stack, /exceptions\.test\.js/);
  const [short] = read(new Error('o'));
  assert.match(short.stack, /^\n    at /);
});

test('causes and members follow what they belong to', () => {
  const cause = new Error('cause', { cause: 'why' });
  const [first, ...others] = read(new AggregateError([new Error('a', { cause }), new Error('b')], 'all'));
  assert.deepEqual([first.value, first.parent, first.source], ['all', undefined, undefined]);
  assert.deepEqual(
    others.map(({ kind, value, parent, source }) => [kind, value, parent, source]),
    [
      ['error', 'a', 0, 'member'],
      ['error', 'cause', 1, 'cause'],
      ['string', 'why', 2, 'cause'],
      ['error', 'b', 0, 'member'],
    ],
  );
});

test('only the members of an AggregateError are read', () => {
  assert.equal(read(Object.assign(new Error('one'), { errors: [new Error('two')] })).length, 1);
  class Mine extends AggregateError {}
  assert.equal(read(new Mine([new Error('two')])).length, 2);
  assert.equal(read(runInNewContext('new AggregateError([new Error("two")])')).length, 2);
});

test('circles end and chains are bounded', () => {
  const error = new Error('circle');
  error.cause = new Error('round', { cause: error });
  assert.deepEqual(read(error).map(({ value }) => value), ['circle', 'round']);
  let chain = new Error('0');
  for (let at = 1; at < 5000; at++) chain = new Error(String(at), { cause: chain });
  assert.equal(read(chain).length, 50);
  assert.equal(read(new AggregateError(Array.from({ length: 100_000 }, () => new Error('x')))).length, 50);
  const same = new Error('x');
  assert.equal(read(new AggregateError(new Array(1e6).fill(same))).length, 2);
});

test('what is no error is read as what it is', () => {
  const kinds = (thrown) => read(thrown).map(({ kind, value }) => [kind, value])[0];
  assert.deepEqual(kinds('oh'), ['string', 'oh']);
  assert.deepEqual(kinds(''), ['string', '']);
  assert.deepEqual(kinds(null), ['primitive', 'null']);
  assert.deepEqual(kinds(undefined), ['primitive', 'undefined']);
  assert.deepEqual(kinds(12n), ['primitive', '12']);
  assert.deepEqual(kinds(Symbol('oh')), ['primitive', 'Symbol(oh)']);
  assert.deepEqual(kinds(-0.5), ['primitive', '-0.5']);
});

test('an object is read by its name, its message, its class and its keys', () => {
  class Cart {
    b = 1;
    a = 2;
  }
  const { kind, type, value, class: name, keys } = read(new Cart())[0];
  assert.deepEqual([kind, type, value, name, keys], ['object', '', '', 'Cart', 'a, b']);
  const [named] = read({ name: 'Failure', message: 'oh', stack: 'f@a.js:1:2' });
  assert.deepEqual([named.type, named.value, named.stack], ['Failure', 'oh', 'f@a.js:1:2']);
  assert.equal(read({})[0].keys, '[object has no keys]');
  assert.equal(read(new Uint8Array(1e7))[0].keys, '[object has no keys]');
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => ['key' + (10 + at), at]));
  assert.equal(read(many)[0].keys, 'key10, key11, key12, key13, key14, key15');
});

test('an object that carries an error stands for it', () => {
  assert.equal(read({ a: 1, failure: new Error('oh') })[0].value, 'oh');
});

test('events are opened', () => {
  const error = new Error('oh');
  assert.equal(read(event('ErrorEvent', { error, message: 'Uncaught Error: oh' }))[0].stack, read(error)[0].stack);
  const place = { filename: 'https://shop.example/a.js', lineno: 3, colno: 4 };
  assert.deepEqual(read(event('ErrorEvent', { ...place, error: null, message: 'Uncaught null' })), [
    { kind: 'string', value: 'Uncaught null', stack: '@https://shop.example/a.js:3:4' },
  ]);
  assert.deepEqual(read(event('ErrorEvent', { ...place, error: 12 })), [
    { kind: 'primitive', value: '12', stack: '@https://shop.example/a.js:3:4' },
  ]);
  assert.deepEqual(read(event('ErrorEvent', { message: 'Script error.', filename: '', lineno: 0, colno: 0 })), [
    { kind: 'string', value: 'Script error.' , stack: '' },
  ]);
  assert.deepEqual(read(event('PromiseRejectionEvent', { reason: undefined }))[0].kind, 'rejection');
  assert.deepEqual(read(event('PromiseRejectionEvent', { reason: 'oh' }))[0].value, 'oh');
  assert.deepEqual(read(event('PromiseRejectionEvent', { reason: error }))[0].kind, 'error');
  assert.deepEqual(read(event('CustomEvent', { detail: { reason: error } }))[0].kind, 'error');
  assert.deepEqual(read(event('ProgressEvent', { isTrusted: true })), [
    { kind: 'event', type: '', value: '', class: 'ProgressEvent', stack: '', keys: 'isTrusted' },
  ]);
});

test('what fails in answering does not fail the reading', () => {
  const failing = new Proxy(new Error('oh'), {
    get() {
      throw new Error('get');
    },
  });
  const thrower = { get name() { throw 1; }, get message() { throw 2; }, toString() { throw 3; } };
  const unreadable = new Error('x');
  for (const key of ['stack', 'name', 'message', 'cause']) {
    Object.defineProperty(unreadable, key, { get() { throw new Error(key); } });
  }
  const tag = { get [Symbol.toStringTag]() { throw 1; } };
  const bare = Object.create(null);
  const odd = Object.assign(new Error('x'), { stack: [1], cause: revoked() });
  const deep = new Error('x', { cause: new Error('y', { cause: failing }) });
  const members = new AggregateError([]);
  members.errors = new Proxy([1, 2], { get: (array, key) => (key === '1' ? revoked().x : array[key]) });
  const wrapped = event('ErrorEvent', { error: revoked(), filename: revoked() });
  let nested = new Error('inner');
  for (let at = 0; at < 20; at++) nested = event('ErrorEvent', { error: nested });
  const circular = event('PromiseRejectionEvent', {});
  circular.reason = circular;
  for (const thrown of [revoked(), failing, thrower, unreadable, tag, bare, odd, deep, members, wrapped, nested, circular, () => {}, class A {}]) {
    const entries = read(thrown, 'f@a.js:1:2');
    assert.ok(entries.length >= 1);
    assert.equal(typeof entries[0].kind, 'string');
  }
  assert.deepEqual(read(members).map(({ kind }) => kind), ['error', 'primitive', 'primitive']);
});

test('texts are bounded', () => {
  const error = new Error('m'.repeat(1e6));
  error.name = 'n'.repeat(1e6);
  const [entry] = read(error);
  assert.deepEqual([entry.type.length, entry.value.length], [1000, 65_535]);
  assert.match(entry.stack, /exceptions\.test\.js/, 'the message in front takes nothing from the stack');
  error.stack = 's'.repeat(1e6);
  assert.equal(read(error)[0].stack.length, 50_000);
  assert.equal(read('s'.repeat(1e6))[0].value.length, 65_535);
});

test('what has no stack gets the one of where it was captured', () => {
  assert.deepEqual(read('oh', 'f@a.js:1:2'), [{ kind: 'string', value: 'oh', stack: 'f@a.js:1:2' }]);
  const error = Object.assign(new Error('oh', { cause: 'why' }), { stack: undefined });
  const [entry, cause] = read(error, 'f@a.js:1:2');
  assert.deepEqual([entry.stack, entry.synthetic, cause.stack], ['f@a.js:1:2', true, '']);
  assert.equal(read(new Error('oh'), 'f@a.js:1:2')[0].synthetic, undefined);
});

test('the stack of a call begins above it', () => {
  const inner = (callee) => stackAbove(callee);
  const capture = () => inner(capture);
  const app = () => capture();
  const stack = app();
  assert.match(stack, /^.*\n    at app /);
  assert.ok(!stack.includes('capture'));
  assert.match(stackAbove(() => {}), /exceptions\.test\.js/, 'also if nobody called it');
});

test('chunks are told by their files', () => {
  const stack = 'f@https://shop.example/a.js:1:2\ng@https://shop.example/b.js:1:2';
  const globals = {
    _posthogChunkIds: {
      'Error\n    at https://shop.example/a.js:1:40\n    at https://shop.example/main.js:9:9': 'chunk a',
      'global code@https://shop.example/c.js:1:40': 'chunk c',
    },
    _debugIds: { '@https://shop.example/b.js:1:40': 'chunk b', odd: 'none' },
    _posthogReleaseId: '1.2.3',
  };
  const [entry] = withGlobals(globals, () => read('oh', stack));
  assert.deepEqual(entry.chunks, { 'https://shop.example/a.js': 'chunk a', 'https://shop.example/b.js': 'chunk b' });
  assert.equal(entry.release, '1.2.3');
  assert.equal(read('oh', stack)[0].chunks, undefined);
});

/** A page that is watched, and what it told. */
function watched(t, options) {
  const listeners = new Map();
  const told = [];
  let end = () => {};
  globalThis.window ??= globalThis;
  watchExceptions({
    settings: { capture_exceptions: options },
    listen: (target, name, handler) => {
      assert.equal(target, window);
      listeners.set(name, handler);
    },
    tell: (name, thrown, mechanism) => told.push([name, JSON.parse(thrown), JSON.parse(mechanism)]),
    onEnd: (run) => (end = run),
    now: () => 0,
  });
  t.after(() => end());
  return { listeners, told, end: () => end() };
}

/** Stands for `console.error` while a test runs. */
function consoleError(t) {
  const original = console.error;
  t.after(() => (console.error = original));
  const said = [];
  const stub = (...values) => void said.push(values);
  console.error = stub;
  return { said, stub };
}

test('errors and rejections that nobody caught are told', (t) => {
  const { stub } = consoleError(t);
  const { listeners, told } = watched(t, true);
  assert.equal(console.error, stub, 'the console is left alone');
  listeners.get('error')(event('ErrorEvent', { error: new Error('oh'), message: 'Uncaught Error: oh' }));
  listeners.get('unhandledrejection')(event('PromiseRejectionEvent', { reason: 'no' }));
  assert.deepEqual(
    told.map(([name, [{ kind, value }], mechanism]) => [name, kind, value, mechanism]),
    [
      ['exception', 'error', 'oh', { handled: false }],
      ['exception', 'rejection', 'no', { handled: false }],
    ],
  );
});

test('what did not load is no exception', (t) => {
  const { listeners, told } = watched(t, { capture_unhandled_errors: true });
  listeners.get('error')({ type: 'error', target: { tagName: 'IMG' } });
  assert.deepEqual(told, []);
  assert.equal(listeners.size, 1, 'only what is asked for is watched');
});

test('what is said to the console is told, and said', (t) => {
  const { said, stub } = consoleError(t);
  const { told, end } = watched(t, { capture_console_errors: true });
  const error = new Error('oh');
  const app = () => console.error('it', 'failed', 12);
  app();
  console.error('with', error);
  console.error({ a: 1 });
  console.error();
  console.error('[hoglet] capture() failed', error);
  assert.equal(said.length, 5);
  assert.deepEqual(said[1], ['with', error]);
  assert.deepEqual(
    told.map(([, [{ kind, value, keys }], mechanism]) => [kind, value, keys, mechanism.type, mechanism.handled]),
    [
      ['string', 'it failed 12', undefined, 'onconsole', true],
      ['error', 'oh', undefined, 'onconsole', true],
      ['object', '', 'a', 'onconsole', true],
      ['primitive', 'undefined', undefined, 'onconsole', true],
    ],
  );
  assert.match(told[0][1][0].stack, /^.*\n    at app /);
  end();
  assert.equal(console.error, stub, 'the end of the client puts it back');
});

test('another wrapper of the console stays', (t) => {
  const { said } = consoleError(t);
  const { told, end } = watched(t, { capture_console_errors: true });
  const ours = console.error;
  const theirs = (...values) => ours(...values);
  console.error = theirs;
  end();
  assert.equal(console.error, theirs);
  console.error('oh');
  assert.deepEqual([said, told], [[['oh']], []]);
});

test('a console that speaks while it is read is not read again', (t) => {
  const { said } = consoleError(t);
  const { told } = watched(t, { capture_console_errors: true });
  console.error({
    get name() {
      console.error('from within');
      throw new Error('oh');
    },
  });
  assert.equal(told.length, 1);
  assert.ok(said.length >= 2);
});

test('no handler of the page is replaced', async () => {
  const source = await readFile(new URL('../../pkg-template/exceptions.js', import.meta.url), 'utf8');
  assert.doesNotMatch(source, /onerror|onunhandledrejection/);
});
