/** Where the outbox is kept: segments in localStorage and IndexedDB, and the Web Locks that say whose they are. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startCollector } from '../support/collector.js';
import { eventually } from '../support/eventually.js';
import { newToken, suite } from '../support/suite.js';

const folder = (relative) => fileURLToPath(new URL(relative, import.meta.url));

suite('journals', (world) => {
  /** Serves the modules as they are written: the package has them in one piece with the core. */
  let server;
  let tabs = [];
  before(async () => {
    server = await startCollector({
      '/': folder('pages'),
      '/drivers': folder('../drivers'),
      '/modules': folder('../../pkg-template'),
    });
  });
  afterEach(async () => {
    const messages = (await Promise.all(tabs.map((tab) => tab.console()))).flat();
    for (const tab of tabs.splice(0)) await tab.close();
    assert.deepEqual(messages, [], 'nothing reaches the page or its console');
  });
  after(() => server?.stop());

  /** A tab with journals of a token, driven by `core`. */
  async function visit(token, limits = '') {
    const tab = await world.browser.newTab();
    tabs.push(tab);
    await tab.go(`${server.url}/journals.html?${limits}`);
    await tab.waitFor(() => window.Core !== undefined);
    await tab.evaluate((token) => {
      window.core = new Core(token);
    }, token);
    return tab;
  }

  async function leave(tab) {
    tabs = tabs.filter((other) => other !== tab);
    await tab.close();
  }

  const ask = (tab, ...command) => tab.evaluate((...command) => core.ask(...command), ...command);
  const texts = (tab, ...keys) => tab.evaluate((...keys) => core.texts(...keys), ...keys);
  const storeLocally = (tab, key, text) => tab.evaluate((key, text) => localStorage.setItem(key, text), key, text);

  /** A journal of a token, and keys of its segments. */
  function newJournal(token) {
    const id = randomUUID();
    const keys = [0, 1, 2, 3].map((number) => `hoglet_outbox_${token}_${id}_0000000${number}_1_9`);
    return { id, keys };
  }

  /** What a claim or a survey says of where segments lie. */
  const lines = (text) => text.split('\n').sort();

  test('segments are put, replaced and removed in one transaction', async () => {
    const token = newToken('archive');
    const { keys } = newJournal(token);
    const tab = await visit(token);
    assert.deepEqual(await ask(tab, 'archive', '1', '2', keys[0], 'Eone', keys[1], 'Etwo 🦔 é'), ['archived', '1', 'yes']);
    const before = await tab.evaluate('commits');
    const answer = await ask(tab, 'archive', '2', '2', keys[1], 'Echanged', keys[2], 'Ethree', keys[0], keys[3]);
    assert.deepEqual(answer, ['archived', '2', 'yes']);
    assert.equal(await tab.evaluate('commits'), before + 1);
    assert.deepEqual(await texts(tab, ...keys), [
      [keys[1], 'Echanged'],
      [keys[2], 'Ethree'],
    ]);
    assert.deepEqual(await ask(tab, 'archive', '3', '0', keys[1], keys[2]), ['archived', '3', 'yes']);
    assert.deepEqual(await texts(tab, ...keys), []);
  });

  test('once the connection is open, a transaction is committed before the call returns', async () => {
    const token = newToken('at_once');
    const { keys } = newJournal(token);
    const tab = await visit(token);
    await ask(tab, 'archive', '1', '1', keys[0], 'Eone');
    const { committed, timersLeft } = await tab.evaluate(async (key) => {
      const before = commits;
      // WebKit's driver has one of its own.
      const ofOthers = timers.size;
      core.tell('archive', '2', '1', key, 'Etwo');
      const committed = commits - before;
      await core.answer('archived');
      return { committed, timersLeft: timers.size - ofOthers };
    }, keys[1]);
    assert.equal(committed, 1);
    assert.equal(timersLeft, 0);
    assert.deepEqual(await texts(tab, keys[1]), [[keys[1], 'Etwo']]);
    assert.equal(await tab.evaluate('connections.size'), 1, 'one connection served all');
  });

  test('what is stored is read back by another page after the first was closed', async () => {
    const token = newToken('kept');
    const { keys } = newJournal(token);
    const first = await visit(token);
    await ask(first, 'archive', '1', '1', keys[0], 'Eone');
    await leave(first);
    assert.deepEqual(await texts(await visit(token), keys[0]), [[keys[0], 'Eone']]);
  });

  test('segments come in the order asked for, from localStorage or else the archive, and none for a missing key', async () => {
    const token = newToken('retrieve');
    const { keys } = newJournal(token);
    const tab = await visit(token);
    await ask(tab, 'archive', '1', '2', keys[0], 'Earchived', keys[1], 'Estale');
    await storeLocally(tab, keys[1], 'Elocal');
    await storeLocally(tab, keys[2], '');
    assert.deepEqual(await texts(tab, keys[2], keys[3], keys[1], keys[0]), [
      [keys[2], ''],
      [keys[1], 'Elocal'],
      [keys[0], 'Earchived'],
    ]);
    assert.deepEqual(await texts(tab, keys[3]), []);
    assert.deepEqual(await texts(tab), []);
  });

  test('a survey tells of segments in both places and of the locks of all tabs, but of no other token', async () => {
    const token = newToken('survey');
    const [here, there] = [await visit(token), await visit(token)];
    const [mine, theirs, orphan] = [newJournal(token), newJournal(token), newJournal(token)];
    await ask(here, 'claim', mine.id);
    await ask(there, 'claim', theirs.id);
    await storeLocally(there, theirs.keys[0], 'Eone');
    await ask(there, 'archive', '1', '2', orphan.keys[0], 'Etwo', orphan.keys[1], 'Ethree');

    // A token that begins like this one, one that ends like it, and what the app has.
    const longer = newJournal(`${token}_0`);
    const stranger = newJournal(`x${token}`);
    await there.evaluate(
      async (tokens, journals) => {
        for (const [at, token] of tokens.entries()) {
          const core = new Core(token);
          await core.ask('claim', journals[at].id);
          await core.ask('archive', '1', '1', journals[at].keys[0], 'Eother');
          localStorage.setItem(journals[at].keys[1], 'Eother');
        }
      },
      [`${token}_0`, `x${token}`],
      [longer, stranger],
    );
    for (const key of [orphan.id, `${orphan.id}_1`, `hoglet_outbox_${token}`, `copy_${orphan.keys[0]}`]) {
      await storeLocally(there, key, 'of the app');
    }

    // Firefox takes a moment to show one tab what another has stored.
    await here.waitFor((key) => localStorage.getItem(key) !== null, theirs.keys[0]);
    const [, keys, locks, areThere] = await ask(here, 'survey');
    assert.deepEqual(lines(keys), lines([`l${theirs.keys[0]} 4`, `a${orphan.keys[0]}`, `a${orphan.keys[1]}`].join('\n')));
    assert.deepEqual(lines(locks), [mine.id, theirs.id].sort());
    assert.equal(areThere, 'yes');
    assert.deepEqual(await ask(await visit(newToken('nobody')), 'survey'), ['surveyed', '', '', 'yes']);
    await here.evaluate(() => localStorage.clear());
  });

  test('a journal is refused while another page has it, and granted with all its keys when that page is gone', async () => {
    const token = newToken('claim');
    const [here, there] = [await visit(token), await visit(token)];
    const { id, keys } = newJournal(token);
    assert.deepEqual(await ask(there, 'claim', id), ['claimed', id, 'yes', '']);
    assert.deepEqual(await ask(here, 'claim', id), ['claimed', id, '', '']);
    await ask(there, 'archive', '1', '2', keys[0], 'Eone', keys[1], 'Etwo');
    await storeLocally(there, keys[1], 'Etwo');
    await storeLocally(there, keys[2], 'Ethree');
    await ask(there, 'archive', '2', '1', newJournal(token).keys[0], 'Eother');
    await leave(there);
    await here.waitFor((key) => localStorage.getItem(key) !== null, keys[2]);
    const granted = await eventually(
      () => ask(here, 'claim', id),
      ([, , isOurs]) => isOurs === 'yes',
      'the journal of the closed tab',
    );
    assert.deepEqual(lines(granted[3]), lines([`a${keys[0]}`, `a${keys[1]}`, `l${keys[1]} 4`, `l${keys[2]} 6`].join('\n')));
    await here.evaluate(() => localStorage.clear());
  });

  test('two clients of one page own their journals apart from each other', async () => {
    const token = newToken('beside');
    const { id } = newJournal(token);
    const tab = await visit(token);
    const answers = await tab.evaluate(
      async (token, id) => {
        const beside = new Core(token);
        const other = new Core(`${token}_0`);
        return [await core.ask('claim', id), await beside.ask('claim', id), await other.ask('claim', id)];
      },
      token,
      id,
    );
    assert.deepEqual(answers.map(([, , isOurs]) => isOurs), ['yes', '', 'yes']);
  });

  test('a released journal can be claimed, and releasing one that is nobody\'s does nothing', async () => {
    const token = newToken('release');
    const [here, there] = [await visit(token), await visit(token)];
    const { id } = newJournal(token);
    await ask(here, 'claim', id);
    await here.evaluate((id) => core.tell('release', id), newJournal(token).id);
    assert.deepEqual(await ask(there, 'claim', id), ['claimed', id, '', '']);
    await here.evaluate((id) => core.tell('release', id), id);
    await eventually(
      () => ask(there, 'survey'),
      ([, , locks]) => locks === '',
      'the lock to be given up',
    );
    assert.deepEqual(await ask(there, 'claim', id), ['claimed', id, 'yes', '']);
    assert.equal(await here.evaluate('core.answers.length'), 1, 'a release has no answer');
  });

  test('a claim that is released before its answer is not granted, and holds nothing', async () => {
    const token = newToken('called_off');
    const { id } = newJournal(token);
    const tab = await visit(token);
    const answer = await tab.evaluate((id) => {
      core.tell('claim', id);
      core.tell('release', id);
      return core.answer('claimed');
    }, id);
    assert.deepEqual(answer, ['claimed', id, '', '']);
    await eventually(
      () => ask(tab, 'survey'),
      ([, , locks]) => locks === '',
      'the lock to be given up',
    );
    assert.equal(await tab.evaluate(`core.answers.filter(([name]) => name === 'claimed').length`), 1);
  });

  test('a refusal removes all segments of the token, and nothing else', async () => {
    const token = newToken('purge');
    const [mine, other] = [newJournal(token), newJournal(`${token}_0`)];
    const tab = await visit(token);
    await ask(tab, 'archive', '1', '3', mine.keys[0], 'Eone', newJournal(token).keys[0], 'Etwo', other.keys[0], 'Eother');
    const appKeys = ['app', mine.id, `copy_${mine.keys[1]}`, other.keys[1]];
    for (const key of [mine.keys[1], ...appKeys]) await storeLocally(tab, key, 'text');
    const left = await tab.evaluate(() => {
      core.tell('purge');
      return Object.keys(localStorage).sort();
    });
    assert.deepEqual(left, appKeys.sort(), 'localStorage is purged at once');
    await eventually(
      () => ask(tab, 'survey'),
      ([, keys]) => keys === '',
      'the archive to be purged',
    );
    assert.deepEqual(await texts(tab, other.keys[0], mine.keys[0]), [[other.keys[0], 'Eother']]);
    await tab.evaluate(() => localStorage.clear());
  });

  test('looking for segments and purging them make no database', async () => {
    const token = newToken('none');
    const tab = await visit(token);
    await tab.evaluate(() => {
      const { open } = IDBFactory.prototype;
      window.opened = 0;
      IDBFactory.prototype.open = function (...args) {
        opened += 1;
        return open.apply(this, args);
      };
      // Other pages of this browser have made one.
      IDBFactory.prototype.databases = async () => [];
    });
    await ask(tab, 'survey');
    await tab.evaluate(() => core.tell('purge'));
    await ask(tab, 'claim', newJournal(token).id);
    assert.equal(await tab.evaluate('opened'), 0);
    await ask(tab, 'archive', '1', '1', newJournal(token).keys[0], 'Eone');
    assert.equal(await tab.evaluate('opened'), 1);
  });

  test('other news of the core is not for the journals', async () => {
    const tab = await visit(newToken('other'));
    const known = await tab.evaluate(() => ['session', 'settled', 'delivered', 'purge', 'release'].map((what) => core.tell(what, '1')));
    assert.deepEqual(known, [false, false, false, true, true]);
  });

  test('a connection that was closed under the page is opened again', async () => {
    const token = newToken('closed');
    const { keys } = newJournal(token);
    const tab = await visit(token);
    await ask(tab, 'archive', '1', '1', keys[0], 'Eone');
    const answers = await tab.evaluate(async (keys) => {
      for (const connection of connections) connection.close();
      const both = [core.answer('archived'), core.answer('surveyed')];
      core.tell('archive', '2', '1', keys[1], 'Etwo');
      core.tell('survey');
      return Promise.all(both);
    }, keys);
    assert.deepEqual(answers[0], ['archived', '2', 'yes']);
    assert.deepEqual(lines(answers[1][1]), [`a${keys[0]}`, `a${keys[1]}`]);
  });

  test('a transaction that is aborted under the page is tried once more, and then has failed', async () => {
    const token = newToken('aborted');
    const { keys } = newJournal(token);
    const tab = await visit(token);
    await ask(tab, 'archive', '1', '1', keys[0], 'Eone');
    const { once, always } = await tab.evaluate(async (keys) => {
      const { commit } = IDBTransaction.prototype;
      let aborts = 0;
      let limit = 1;
      IDBTransaction.prototype.commit = function () {
        if (aborts++ < limit) this.abort();
        else commit.call(this);
      };
      const once = await core.ask('archive', '2', '1', keys[1], 'Etwo');
      [aborts, limit] = [0, Infinity];
      const always = await core.ask('archive', '3', '2', keys[2], 'Ethree', keys[0], 'Echanged', keys[1]);
      IDBTransaction.prototype.commit = commit;
      return { once, always: [...always, aborts] };
    }, keys);
    assert.deepEqual(once, ['archived', '2', 'yes']);
    assert.deepEqual(always, ['archived', '3', '', 2]);
    assert.deepEqual(await texts(tab, ...keys), [
      [keys[0], 'Eone'],
      [keys[1], 'Etwo'],
    ]);
  });

  test('what the browser refuses within a transaction undoes all of it, and the page hears nothing of it', async () => {
    const token = newToken('refused');
    const { keys } = newJournal(token);
    const tab = await visit(token);
    await ask(tab, 'archive', '1', '1', keys[0], 'Eone');
    const answer = await tab.evaluate(async (keys) => {
      const { put, add } = IDBObjectStore.prototype;
      // Fails where the key is there already, after the transaction was committed, as a put into a full store would.
      IDBObjectStore.prototype.put = add;
      const answer = await core.ask('archive', '2', '2', keys[1], 'Etwo', keys[0], 'Echanged');
      IDBObjectStore.prototype.put = put;
      return answer;
    }, keys);
    assert.deepEqual(answer, ['archived', '2', '']);
    assert.deepEqual(await texts(tab, ...keys), [[keys[0], 'Eone']]);
  });

  test('the database can be deleted by another page, and begins anew', async () => {
    const token = newToken('deleted');
    const { keys } = newJournal(token);
    const [here, there] = [await visit(token), await visit(token)];
    await ask(here, 'archive', '1', '1', keys[0], 'Eone');
    await there.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const request = indexedDB.deleteDatabase('hoglet');
          request.onsuccess = () => resolve();
          request.onerror = request.onblocked = () => reject(new Error('the database is in use'));
        }),
    );
    assert.deepEqual(await ask(here, 'archive', '2', '1', keys[1], 'Etwo'), ['archived', '2', 'yes']);
    assert.deepEqual(await texts(here, ...keys), [[keys[1], 'Etwo']]);
  });

  for (const limit of ['missing', 'denied', 'throws']) {
    test(`where IndexedDB is ${limit}, everything is answered from localStorage`, async () => {
      const token = newToken('no_archive');
      const { id, keys } = newJournal(token);
      const tab = await visit(token, `indexedDB=${limit}`);
      await storeLocally(tab, keys[0], 'Eone');
      assert.deepEqual(await ask(tab, 'archive', '1', '1', keys[1], 'Etwo'), ['archived', '1', '']);
      assert.deepEqual(await ask(tab, 'survey'), ['surveyed', `l${keys[0]} 4`, '', 'yes']);
      assert.deepEqual(await ask(tab, 'claim', id), ['claimed', id, 'yes', `l${keys[0]} 4`]);
      assert.deepEqual(await texts(tab, keys[1], keys[0]), [[keys[0], 'Eone']]);
      await tab.evaluate(() => core.tell('purge'));
      assert.equal(await tab.evaluate('localStorage.length'), 0);
    });

    test(`where localStorage is ${limit}, everything is answered from the archive`, async () => {
      const token = newToken('no_local');
      const { id, keys } = newJournal(token);
      const tab = await visit(token, `localStorage=${limit}`);
      assert.deepEqual(await ask(tab, 'archive', '1', '1', keys[1], 'Etwo'), ['archived', '1', 'yes']);
      assert.deepEqual(await ask(tab, 'survey'), ['surveyed', `a${keys[1]}`, '', 'yes']);
      assert.deepEqual(await ask(tab, 'claim', id), ['claimed', id, 'yes', `a${keys[1]}`]);
      assert.deepEqual(await texts(tab, keys[0], keys[1]), [[keys[1], 'Etwo']]);
      await tab.evaluate(() => core.tell('purge'));
      await tab.waitFor(async () => (await core.ask('survey'))[1] === '');
    });
  }

  test('where the database cannot be opened, that is a failure, and the next attempt another', async () => {
    const token = newToken('unopened');
    const { keys } = newJournal(token);
    const tab = await visit(token);
    const answers = await tab.evaluate(async (key) => {
      const { open } = IDBFactory.prototype;
      // A version that is no longer there: the browser's own error.
      const name = `hoglet ${Math.random()}`;
      await new Promise((resolve) => (open.call(indexedDB, name, 2).onsuccess = resolve));
      IDBFactory.prototype.open = () => open.call(indexedDB, name, 1);
      const refused = await core.ask('archive', '1', '1', key, 'Eone');
      IDBFactory.prototype.open = open;
      return [refused, await core.ask('archive', '2', '1', key, 'Eone')];
    }, keys[0]);
    assert.deepEqual(answers, [
      ['archived', '1', ''],
      ['archived', '2', 'yes'],
    ]);
  });

  test('while the database does not open, everything is answered once, and what was given up does not happen later', async () => {
    const token = newToken('hanging');
    const { id, keys } = newJournal(token);
    const tab = await visit(token);
    await storeLocally(tab, keys[0], 'Eone');
    await tab.evaluate(
      (id, keys) => {
        hangWhenOpening();
        core.tell('archive', '1', '1', keys[1], 'Etwo');
        core.tell('retrieve', keys[1], keys[0]);
        core.tell('survey');
        core.tell('claim', id);
        core.tell('purge');
      },
      id,
      keys,
    );
    await tab.waitFor(() => core.answers.length === 5);
    const answers = await tab.evaluate('core.answers');
    assert.deepEqual(answers.filter(([name]) => name !== 'segment').sort(), [
      ['archived', '1', ''],
      ['claimed', id, 'yes', ''],
      ['retrieved'],
      ['surveyed', `l${keys[0]} 4`, id, 'yes'],
    ]);
    assert.deepEqual(answers.filter(([name]) => name === 'segment'), [['segment', keys[0], 'Eone']]);
    assert.equal(await tab.evaluate('localStorage.length'), 0, 'what is in localStorage is purged at once');

    const open = await tab.evaluate(async () => {
      const opened = await openAtLast();
      return opened.filter((connection) => {
        try {
          return connection.transaction('outbox');
        } catch {
          return false;
        }
      }).length;
    });
    assert.equal(open, 0, 'nobody waits for these connections any more');
    assert.deepEqual(await texts(tab, keys[1]), []);
    assert.equal(await tab.evaluate(`core.answers.filter(([name]) => name !== 'retrieved').length`), 4);
  });

  test('where there are no Web Locks, no journal is granted, and a survey says so', async () => {
    const token = newToken('no_locks');
    const { id, keys } = newJournal(token);
    const tab = await visit(token);
    await tab.evaluate(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
    await ask(tab, 'archive', '1', '1', keys[0], 'Eone');
    assert.deepEqual(await ask(tab, 'claim', id), ['claimed', id, '', '']);
    assert.deepEqual(await ask(tab, 'survey'), ['surveyed', `a${keys[0]}`, '', '']);
  });

  test('where locks are never answered, no journal is granted, and one that comes too late is given up', async () => {
    const token = newToken('late_lock');
    const { id } = newJournal(token);
    const tab = await visit(token);
    await tab.evaluate((id) => {
      const { request, query } = LockManager.prototype;
      window.grantAtLast = () => request.call(...late);
      let late;
      LockManager.prototype.request = function (...args) {
        late = [this, ...args];
        return new Promise(() => {});
      };
      LockManager.prototype.query = () => new Promise(() => {});
      core.tell('claim', id);
      core.tell('survey');
      window.unlock = () => Object.assign(LockManager.prototype, { request, query });
    }, id);
    await tab.waitFor(() => core.answers.length === 2);
    assert.deepEqual((await tab.evaluate('core.answers')).sort(), [
      ['claimed', id, '', ''],
      ['surveyed', '', '', ''],
    ]);
    await tab.evaluate(async () => {
      unlock();
      await grantAtLast();
    });
    assert.deepEqual(await ask(tab, 'survey'), ['surveyed', '', '', 'yes']);
  });

  test('after the end nothing is answered, and nothing is left behind', async () => {
    const token = newToken('end');
    const { id, keys } = newJournal(token);
    const tab = await visit(token);
    await ask(tab, 'claim', id);
    const { answers, timersLeft } = await tab.evaluate((keys) => {
      window.ended = core;
      const ofOthers = timers.size;
      core.tell('archive', '1', '1', keys[0], 'Eone');
      core.tell('survey');
      core.tell('claim', crypto.randomUUID());
      core.tell('purge');
      core.tell('archive', '2', '1', keys[1], 'Etwo');
      core.journals.end();
      return { answers: core.answers.length, timersLeft: timers.size - ofOthers };
    }, keys);
    assert.equal(timersLeft, 0);
    await tab.evaluate((token) => {
      window.core = new Core(token);
    }, token);
    await eventually(
      () => ask(tab, 'survey'),
      ([, , locks]) => locks === '',
      'all locks to be given up',
    );
    assert.deepEqual(await texts(tab, keys[1]), [[keys[1], 'Etwo']], 'what was to be stored is');
    await tab.evaluate(() => core.journals.end());
    await tab.waitFor(() => connections.size === 0);
    assert.equal(await tab.evaluate('ended.answers.length'), answers);
  });

  test('what waits for the database at the end is stored when it opens, and the connection is closed', async () => {
    const token = newToken('end_waiting');
    const { keys } = newJournal(token);
    const tab = await visit(token);
    const left = await tab.evaluate(async (key) => {
      hangWhenOpening();
      const ofOthers = timers.size;
      core.tell('archive', '1', '1', key, 'Eone');
      core.tell('survey');
      core.journals.end();
      const timersLeft = timers.size - ofOthers;
      await openAtLast();
      return { timersLeft, connections: connections.size, answers: core.answers };
    }, keys[0]);
    assert.deepEqual(left, { timersLeft: 0, connections: 0, answers: [] });
    await tab.evaluate((token) => {
      window.core = new Core(token);
    }, token);
    assert.deepEqual(await texts(tab, keys[0]), [[keys[0], 'Eone']]);
  });
});
