// @ts-check
/** What a test's client knows of its visitor. */

import { stored } from './stored.js'

/** The longest string in properties, in UTF-16 code units, unless the app says otherwise. */
const MAX_STRING = 65_535

/** What there is of `persistence` where nothing is stored. @param {any} props */
export const inMemory = (props) =>
  stored(
    () => JSON.stringify(props),
    () => false,
  )

/** What it knows in the beginning. @param {import('./testing.js').TestClientOptions} options */
export const beginnings = ({ distinctId }) => ({
  /** @type {any} */
  config: { properties_string_max_length: MAX_STRING },
  /** How many ids were made. */
  ids: 1,
  devices: 1,
  /** How many events were captured. */
  events: 0,
  distinctId: distinctId ?? 'anonymous-1',
  isIdentified: false,
  /** @type {any} */
  registered: {},
  /** @type {any} */
  ofSession: {},
  /** @type {Record<string, string>} */
  groups: {},
  /** What was last said of the person. */
  person: '',
  /** @type {'pending' | 'granted' | 'denied'} */
  consent: 'pending',
  /** @type {string | undefined} */
  pageview: undefined,
  /** @type {string[]} */
  names: [],
})
