// @ts-check
/** Which client the components of an app work with. */

import { createContext, createElement, useContext, useEffect, useInsertionEffect, useLayoutEffect, useMemo, useState } from 'react'
import hoglet from './index.js'

/** @typedef {import('./react.js').PostHogContextValue} Context */

/** @type {import('react').Context<Context>} */
export const PostHogContext = createContext(/** @type {Context} */ ({ client: hoglet, bootstrap: undefined }))

export const usePostHog = () => useContext(PostHogContext).client

/** React 18 complains of it on a server, where it would do nothing. */
const useLayout = typeof document == 'object' ? useLayoutEffect : useEffect

/** With what the package's own client was begun: it has one project, however many providers are mounted, and how often. */
let begun = { apiKey: '', text: '' }

/**
 * @param {string} apiKey
 * @param {any} options
 * @param {string} text the same, to compare
 */
const begin = (apiKey, options, text) => {
  const isFirst = !begun.apiKey
  if (!isFirst && begun.apiKey != apiKey) {
    return console.warn('[hoglet] another apiKey was ignored: for a second project give PostHogProvider a client of its own')
  }
  if (isFirst) hoglet.init(apiKey, options)
  else if (options && begun.text != text) hoglet.set_config(options)
  begun = { apiKey, text }
}

/** Objects that are written anew at each render are compared by what they say. @param {any} options */
const textOf = (options) => {
  try {
    return JSON.stringify(options) ?? ''
  } catch {
    return ''
  }
}

/** @param {any} props */
export function PostHogProvider({ children, client, apiKey, options }) {
  const isOwn = !client && apiKey
  const text = textOf(options)
  const [isBegun, setBegun] = useState(false)
  // Before the effects of everything below, which may capture events already; and once, also in StrictMode.
  useInsertionEffect(() => {
    if (isOwn) begin(apiKey, options, text)
  }, [client, apiKey, text])
  // What earlier visits have stored is known now: it is rendered before anything is painted.
  useLayout(() => {
    if (isOwn) setBegun(true)
  }, [])
  useEffect(() => {
    if (client && (apiKey || options)) console.warn('[hoglet] PostHogProvider has a client: its apiKey and options are ignored')
    if (!client && !apiKey) console.warn('[hoglet] PostHogProvider needs a client, or an apiKey')
  }, [client, apiKey])

  const used = client || hoglet
  const bootstrap = options?.bootstrap ?? used.config?.bootstrap
  const value = useMemo(() => ({ client: used, bootstrap }), [used, textOf(bootstrap), isBegun])
  return createElement(PostHogContext.Provider, { value }, children)
}
