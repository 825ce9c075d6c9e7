// @ts-check
/** What stands in for the core where a test's client asks about flags: they are what the test says, and no server is asked. */

import { FeatureFlags } from './feature-flags.js'
import { attempt } from './guard.js'
import { isListener } from './listeners.js'
import { parsed } from './stored.js'

/** Flags as the real client has them, but for what a server would have to be asked for. */
export class TestFlags extends FeatureFlags {
  /** @param {(features: any[]) => void} callback */
  getEarlyAccessFeatures(callback) {
    if (isListener(callback)) attempt('a callback', () => callback([]))
  }

  /** @param {string} key @param {(payload: any) => void} callback */
  getRemoteConfigPayload(key, callback) {
    if (isListener(callback)) attempt('a callback', () => callback(this.getFeatureFlagPayload(key)))
  }
}

/**
 * @param {import('./flags.js').Flags} flags
 * @param {import('./testing.js').TestClientOptions} options
 * @param {any} settings
 * @param {(event: string, properties: any) => void} capture
 * @returns {any} the part of a host that flags need
 */
export const flagHost = (flags, options, settings, capture) => {
  let isKnown = options.flags !== null
  let values = { ...options.flags }
  let payloads = { ...options.payloads }
  /** @type {any} */
  let overridden = {}

  const snapshot = () => ({
    values: { ...values, ...overridden.flags },
    payloads: { ...payloads, ...overridden.payloads },
    source: isKnown ? 'server' : '',
    fresh: isKnown,
    ready: isKnown,
    failed: false,
    until: 0,
  })

  /** @type {Record<string, (...texts: string[]) => void>} */
  const changes = {
    update_flags(json, payloadJson, merge) {
      isKnown = true
      values = { ...(merge && values), ...parsed(json) }
      payloads = { ...(merge && payloads), ...parsed(payloadJson) }
    },
    override_flags(json, payloadJson) {
      if (json) overridden.flags = parsed(json)
      if (payloadJson) overridden.payloads = parsed(payloadJson)
    },
    enroll(key, isEnrolled) {
      const $feature_enrollment = isEnrolled == 'true'
      values = { ...values, [key]: $feature_enrollment }
      const $set = { ['$feature_enrollment/' + key]: $feature_enrollment }
      capture('$feature_enrollment_update', { $feature_flag: key, $feature_enrollment, $set })
    },
    reload_flags() {
      // After the promise is made, which is this answer's.
      queueMicrotask(() => flags.hear(false, 'loaded'))
    },
  }

  return {
    settings,
    core: {
      /** @param {string} name @param {string} first */
      ask(name, first) {
        if (name == 'flags') return JSON.stringify(snapshot())
        if (first == '$override_feature_flags') return JSON.stringify(overridden.flags || {})
        if (first == '$override_feature_flag_payloads') return JSON.stringify(overridden.payloads || {})
      },
    },
    events: { take() {} },
    /** @param {string} name @param {string[]} texts */
    change(name, ...texts) {
      changes[name]?.(...texts)
      flags.change()
      if (name != 'reload_flags' && name in changes) flags.hear(true, '')
    },
  }
}
