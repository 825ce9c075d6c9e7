// @ts-check
/** What an app sets, in today's names. */

import { isContentScript } from './content-script.js'

/** The names that settings once had, in posthog-js 1.449.2, the one that counts more first. */
const RENAMED = {
  process_person: 'person_profiles',
  xhr_headers: 'request_headers',
  cookie_name: 'persistence_name',
  enable_heatmaps: 'capture_heatmaps',
  disable_cookie: 'disable_persistence',
  __preview_disable_beacon: 'disable_beacon',
  store_google: 'save_campaign_params',
  verbose: 'debug',
  __preview_cookie_wins_on_conflict: 'cookieWinsOnConflict',
  addTracingHeaders: 'tracing_headers',
  __add_tracing_headers: 'tracing_headers',
  advanced_disable_decide: 'advanced_disable_flags',
  evaluation_environments: 'evaluation_contexts',
  remote_config_refresh_interval: 'remote_config_refresh_interval_ms',
}

/** What became the default for those whose `defaults` are of that date or later. @type {[string, string, any][]} */
const DATED = [
  ['2025-05-24', 'capture_pageview', 'history_change'],
  ['2025-11-30', 'rageclick', { content_ignorelist: true }],
  ['2026-05-30', 'rageclick', { ignore_text_selection: true }],
  ['2026-01-30', 'internal_or_test_user_hostname', /^(localhost|127\.0\.0\.1)$/],
  ['2026-05-30', 'detect_google_search_app', true],
  ['2026-05-30', 'split_storage', true],
  ['2026-06-25', 'disable_capture_url_hashes', true],
  ['2026-08-29', 'cookieWinsOnConflict', true],
]

/** What 'latest' stands for: the date of posthog-js 1.449.2's newest defaults. */
const LATEST = '2026-08-30'

/**
 * An app's settings in an object of our own: what the app does to its object later does not matter, and a setting that
 * cannot be read is left out.
 *
 * @param {any} config
 */
export const readSettings = (config) => {
  /** @type {any} */
  const settings = {}
  const attempt = (/** @type {() => void} */ read) => {
    try {
      read()
    } catch (error) {
      console.error('[hoglet] a setting could not be read', error)
    }
  }
  attempt(() => {
    for (const key of Object.keys(config || {})) {
      attempt(() => {
        const value = config[key]
        if (value !== undefined) settings[key] = value
      })
    }
  })
  return settings
}

/**
 * An app's settings in the names that they have today. What has today's name already is left alone.
 *
 * @param {any} config
 */
export const readInTodaysNames = (config) => {
  const settings = readSettings(config)
  for (const [old, name] of Object.entries(RENAMED)) {
    if (old in settings && !(name in settings)) settings[name] = settings[old]
    delete settings[old]
  }
  const { property_blacklist, property_denylist, identity_distinct_id, bootstrap } = settings
  delete settings.property_blacklist
  if (Array.isArray(property_blacklist)) settings.property_denylist = property_blacklist.concat(property_denylist ?? [])
  if (identity_distinct_id && !bootstrap?.distinctID) {
    settings.bootstrap = { ...bootstrap, distinctID: identity_distinct_id, isIdentifiedID: true }
  }
  return settings
}

/** The same as far as it can hold where the client is. @param {any} config */
export const readHere = (config) => {
  const settings = readInTodaysNames(config)
  if (isContentScript()) settings.persistence = 'memory'
  return settings
}

/**
 * Adds what is the default for those who chose the `defaults` of a date, where the app says nothing else.
 *
 * @param {any} settings
 */
export const addDatedDefaults = (settings) => {
  if (settings.defaults == 'latest') settings.defaults = LATEST
  const { defaults } = settings
  for (const [date, name, value] of DATED) {
    if (defaults == 'unset' || !(defaults >= date)) continue
    const own = settings[name]
    // What an object does not say is the default still, as in posthog-js 1.449.2.
    if (!(name in settings) || own === true) settings[name] = value
    else if (typeof own == 'object' && typeof value == 'object') settings[name] = { ...value, ...own }
  }
}
