// @ts-check
/** Events kept for the next page without the help of a core. */

const PREFIX = 'hoglet_outbox_'

/**
 * Stores events in localStorage as the only segment of a journal that nobody owns: whoever comes next delivers it. How
 * segments are stored stands in src/core/outbox/segment.rs.
 *
 * @param {string} token
 * @param {string[]} events each as JSON
 * @throws {Error} if localStorage is full or denied
 */
export const keep = (token, events) => {
  if (!events.length) return
  const text = events.map((event) => 'E' + event).join('\n')
  localStorage.setItem(
    [PREFIX + token, uuid(), '00000000', events.length, new Blob([text]).size].join('_'),
    text,
  )
}

/** The text of all segments of a project in localStorage. @param {string} token */
export const kept = (token) => {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + token + '_'))
    return keys.map((key) => localStorage.getItem(key)).join('')
  } catch {
    return ''
  }
}

/** One of version 7: it tells how old the journal is. */
const uuid = () => {
  const time = Date.now().toString(16).padStart(12, '0')
  const pattern = time.slice(0, 8) + '-' + time.slice(8) + '-7xxx-8xxx-xxxxxxxxxxxx'
  return pattern.replace(/x/g, () => Math.floor(Math.random() * 16).toString(16))
}
