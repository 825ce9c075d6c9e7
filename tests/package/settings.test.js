/** What the core is told of settings that it does not take as they are: without a browser. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { partsOf } from '../../pkg-template/page-settings.js';
import { addDatedDefaults, readInTodaysNames } from '../../pkg-template/settings.js';

/** What the core is told of how often flags are asked for. */
const refresh = (config) => {
  const parts = partsOf(readInTodaysNames(config));
  return [parts['flag_refresh.interval_ms'], parts['flag_refresh.fixed']];
};

test('flags are asked for every five minutes, more seldom if the visitor rests, unless the app says how often', () => {
  assert.deepEqual(refresh({}), [300_000, false]);
  assert.deepEqual(refresh({ remote_config_refresh_interval_ms: 1000 }), [1000, true]);
  assert.deepEqual(refresh({ remote_config_refresh_interval: 1000 }), [1000, true]);
  assert.deepEqual(refresh({ remote_config_refresh_interval_ms: 2000, remote_config_refresh_interval: 1000 }), [2000, true]);
});

test('an interval of nothing, or of less, is none', () => {
  assert.deepEqual(refresh({ remote_config_refresh_interval_ms: 0 }), [0, true]);
  assert.deepEqual(refresh({ remote_config_refresh_interval_ms: -1 }), [0, true]);
});

test('an interval that is no number counts as not given, and a very long one is a day', () => {
  for (const interval of ['1000', NaN, Infinity, null, {}]) {
    assert.deepEqual(refresh({ remote_config_refresh_interval_ms: interval }), [300_000, false], String(interval));
  }
  assert.deepEqual(refresh({ remote_config_refresh_interval_ms: 1e12 }), [86_400_000, true]);
});

test('flag_keys is told only if it is a list, be it empty', () => {
  const keys = (config) => {
    const parts = partsOf(readInTodaysNames(config));
    return [parts['flag_keys.given'], parts['flag_keys.list']];
  };
  assert.deepEqual(keys({}), [false, []]);
  assert.deepEqual(keys({ flag_keys: [] }), [true, []]);
  assert.deepEqual(keys({ flag_keys: ['a'] }), [true, ['a']]);
  assert.deepEqual(keys({ flag_keys: 'a' }), [false, []]);
});

test('settings about flags are understood by their old names', () => {
  assert.deepEqual(readInTodaysNames({ advanced_disable_decide: true, evaluation_environments: ['web'] }), {
    advanced_disable_flags: true,
    evaluation_contexts: ['web'],
  });
  const both = { advanced_disable_decide: true, advanced_disable_flags: false };
  assert.deepEqual(readInTodaysNames(both), { advanced_disable_flags: false });
});

test('split_storage is the default of those who chose the defaults of its date', () => {
  const split = (config) => {
    const settings = readInTodaysNames(config);
    addDatedDefaults(settings);
    return settings.split_storage;
  };
  assert.equal(split({}), undefined);
  assert.equal(split({ defaults: '2026-05-29' }), undefined);
  assert.equal(split({ defaults: '2026-05-30' }), true);
  assert.equal(split({ defaults: 'latest' }), true);
  assert.equal(split({ defaults: 'latest', split_storage: false }), false);
});
