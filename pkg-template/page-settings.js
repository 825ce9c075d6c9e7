// @ts-check
/** Settings about the page and its flags, taken apart for the core, which knows no objects. */

import { isContentScript } from './content-script.js'

/** What is captured of a page where the app says nothing else. */
const DEFAULTS = {
  autocapture: true,
  rageclick: true,
  capture_pageview: true,
  capture_pageleave: 'if_capture_pageview',
  mask_all_text: false,
  mask_all_element_attributes: false,
}

/** How often flags are asked for where the app does not say, in milliseconds, and how seldom at most. */
const REFRESH = 300_000
const LONGEST_REFRESH = 86_400_000

/** @param {any} settings gets the defaults where it has nothing */
export const addPageDefaults = (settings) => {
  for (const [name, value] of Object.entries(DEFAULTS)) settings[name] ??= value
}

/**
 * The parts of the settings, by names with dots.
 *
 * @param {any} settings all of them, for some depend on others
 */
export const partsOf = (settings) => {
  const { autocapture, rageclick, capture_pageview: pageview, capture_pageleave: pageleave, redact } = settings
  const watched = pageview == 'history_change' ? { path: true } : Object(pageview)
  /** @type {any} */
  const parts = {
    'autocapture.on': !!autocapture,
    'rageclick.on': !!rageclick,
    'capture_pageview.on': !!pageview,
    'capture_pageview.path': !!watched.path,
    'capture_pageview.search': !!watched.search,
    'capture_pageview.hash': !!watched.hash,
    'capture_pageleave.on': pageleave == 'if_capture_pageview' ? !!pageview : !!pageleave,
  }
  const add = (/** @type {string} */ name, /** @type {any} */ object, /** @type {string[]} */ members) => {
    for (const member of members) if (Object(object)[member] !== undefined) parts[name + '.' + member] = object[member]
  }
  add('autocapture', autocapture, [
    'dom_event_allowlist',
    'element_allowlist',
    'element_attribute_ignorelist',
    'capture_copied_text',
  ])
  add('rageclick', rageclick, ['click_count', 'timeout_ms', 'threshold_px', 'ignore_text_selection'])
  const ignored = Object(rageclick).content_ignorelist
  parts['rageclick.ignores_paging'] = ignored === true
  parts['rageclick.content_ignorelist'] = Array.isArray(ignored) ? ignored : []
  const { flag_keys: keys, remote_config_refresh_interval_ms: interval } = settings
  parts['flag_keys.given'] = Array.isArray(keys)
  parts['flag_keys.list'] = Array.isArray(keys) ? keys : []
  parts['flag_refresh.fixed'] = Number.isFinite(interval)
  // Less than nothing is off, as in posthog-js 1.449.2.
  parts['flag_refresh.interval_ms'] = Number.isFinite(interval) ? Math.min(Math.max(interval, 0), LONGEST_REFRESH) : REFRESH
  parts['persistence.is_foreign'] = isContentScript()
  add('redact', redact === false ? { urls: false, text: false } : redact, ['urls', 'text', 'properties'])
  return parts
}
