// @ts-check
/** What of flags has a request of its own: early access features and remote config. Fetched when it is first asked for. */

import { version } from './generated/version.js'

/**
 * The features that visitors can enroll in.
 *
 * @param {any} settings
 * @param {string[]} [stages] all of them if there are none
 * @throws {Error} if the server does not tell
 */
export const fetchFeatures = async ({ api_host, token }, stages) => {
  const query = new URLSearchParams({ token })
  for (const stage of [stages ?? []].flat()) query.append('stage', stage)
  const { earlyAccessFeatures } = await answered(api_host + '/api/early_access_features/?' + query)
  if (!Array.isArray(earlyAccessFeatures)) throw new TypeError('the answer has no list of features')
  return earlyAccessFeatures
}

/**
 * The payload of a flag, whether or not the visitor has the flag; undefined if there is none.
 *
 * @param {any} settings
 * @param {string} distinctId
 * @param {string} key
 * @throws {Error} if the server does not tell
 */
export const fetchPayload = async (settings, distinctId, key) => {
  const { token, lib, evaluation_contexts, flag_keys } = settings
  const question = {
    token,
    distinct_id: distinctId,
    person_properties: { $lib: lib, $lib_version: version },
    evaluation_contexts: evaluation_contexts?.length ? evaluation_contexts : undefined,
    flag_keys: Array.isArray(flag_keys) ? flag_keys.filter((key) => key && typeof key == 'string') : undefined,
  }
  const host = settings.flags_api_host?.replace(/\/+$/, '') || settings.api_host
  const answer = await answered(host + '/flags/?v=2', {
    method: 'POST',
    // As text, which needs no permission from another origin's server.
    body: JSON.stringify(question),
    signal: AbortSignal.timeout(settings.feature_flag_request_timeout_ms),
  })
  const { featureFlagPayloads, flags } = answer
  const payload = own(featureFlagPayloads, key) ?? own(flags, key)?.metadata?.payload ?? undefined
  try {
    return typeof payload == 'string' ? JSON.parse(payload) : payload
  } catch {
    return payload
  }
}

/** @param {string} url @param {RequestInit} [request] */
const answered = async (url, request) => {
  const response = await fetch(url, { referrerPolicy: 'strict-origin', ...request })
  if (!response.ok) throw new Error('the server answered ' + response.status)
  return Object(await response.json())
}

/** @param {any} object @param {string} key */
const own = (object, key) => (object && Object.hasOwn(object, key) ? object[key] : undefined)
