// @ts-check
/** Hooks that read flags, and render anew when what they read has changed. */

import { useContext, useMemo, useSyncExternalStore } from 'react'
import { PostHogContext } from './react-context.js'

/**
 * What a hook reads.
 *
 * @typedef {object} Reading
 * @property {(client: any, flag: string, options?: object) => any} read from the client
 * @property {(result: any) => any} begin the same, from what is bootstrapped of the flag
 * @property {boolean} [isTold] whether reading it counts as `$feature_flag_called`
 */

/** @type {Reading} */
const ENABLED = {
  read: (client, flag, options) => client.isFeatureEnabled(flag, options),
  begin: (result) => result?.enabled,
  isTold: true,
}

/** @type {Reading} */
const VARIANT = {
  read: (client, flag, options) => client.getFeatureFlag(flag, options),
  begin: (result) => result?.variant ?? result?.enabled,
  isTold: true,
}

/** @type {Reading} */
const RESULT = {
  read: (client, flag, options) => client.getFeatureFlagResult(flag, options),
  begin: (result) => result,
  isTold: true,
}

/** @type {Reading} */
const PAYLOAD = {
  read: (client, flag, options) => client.getFeatureFlagResult(flag, options)?.payload,
  begin: (result) => result?.payload,
}

/** Rendering may come to nothing: that a flag was read is told when somebody sees what came of it. */
const UNTOLD = { send_event: false }

/** @param {any} values */
const on = (values) => Object.keys(values ?? {}).filter((key) => values[key])

/** What is bootstrapped of a flag, as the client tells it. @param {any} bootstrap @param {string} flag */
const bootstrapped = ({ featureFlags, featureFlagPayloads }, flag) => {
  const value = featureFlags[flag]
  if (value === undefined) return
  return {
    key: flag,
    enabled: !!value,
    variant: typeof value == 'string' ? value : undefined,
    payload: parsed(featureFlagPayloads?.[flag]),
  }
}

/** Payloads are values, or their JSON as texts. @param {any} payload */
const parsed = (payload) => {
  try {
    return typeof payload == 'string' ? JSON.parse(payload) : payload
  } catch {
    return payload
  }
}

/** Answers with the same object as long as it says the same. @param {() => any} read */
const steady = (read) => {
  /** @type {any} */
  let last
  let text = ''
  return () => {
    const value = read()
    const now = JSON.stringify(value) ?? ''
    if (now != text) {
      text = now
      last = value
    }
    return last
  }
}

/**
 * @param {(client: any) => any} read
 * @param {(bootstrap: any) => any} begin
 * @param {(client: any) => void} told is called when the page shows what was read, and whenever the flags have changed
 * @param {any[]} what the hook depends on, besides the client
 */
const useFlags = (read, begin, told, what) => {
  const { client, bootstrap } = /** @type {any} */ (useContext(PostHogContext))
  const store = useMemo(() => {
    const first = steady(() => bootstrap?.featureFlags && begin(bootstrap))
    return {
      first,
      // Until the client has its flags, what is bootstrapped holds, as on the server.
      present: steady(() => (bootstrap?.featureFlags && !client.featureFlags?.hasLoadedFlags ? first() : read(client))),
      subscribe: (/** @type {() => void} */ notify) =>
        client.onFeatureFlags(() => {
          told(client)
          notify()
        }),
    }
  }, [client, bootstrap, ...what])
  return useSyncExternalStore(store.subscribe, store.present, store.first)
}

/** @param {string} flag @param {Reading} reading */
const useFlag = (flag, { read, begin, isTold }) =>
  useFlags(
    (client) => read(client, flag, UNTOLD),
    (bootstrap) => begin(bootstrapped(bootstrap, flag)),
    (client) => isTold && read(client, flag),
    [flag],
  )

/** @param {string} flag @param {boolean} [defaultValue] @returns {any} */
export const useFeatureFlagEnabled = (flag, defaultValue) => useFlag(flag, ENABLED) ?? defaultValue

/** @param {string} flag */
export const useFeatureFlagVariantKey = (flag) => useFlag(flag, VARIANT)

/** @param {string} flag */
export const useFeatureFlagResult = (flag) => useFlag(flag, RESULT)

/** @param {string} flag */
export const useFeatureFlagPayload = (flag) => useFlag(flag, PAYLOAD)

const NONE = /** @type {string[]} */ ([])

/** @returns {string[]} */
export const useActiveFeatureFlags = () =>
  useFlags(
    (client) => on(client.featureFlags.getFlagVariants()),
    (bootstrap) => on(bootstrap.featureFlags),
    () => {},
    [],
  ) ?? NONE
