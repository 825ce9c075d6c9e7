// @ts-check
/**
 * Watches what is played. Fetched only if `capture_media` is set. What is told stands in src/core/media/mod.rs.
 *
 * Media events do not bubble, but pass the document on their way down, whatever element is added when. Those within a
 * shadow root do not leave it: such roots are looked for at the beginning, and where the visitor touches something.
 */

import { NO_CAPTURE, isWithin, later, shadowRoots } from './dom.js'

const EVENTS = ['play', 'pause', 'seeking', 'seeked', 'timeupdate', 'ended', 'emptied']

/** How often the core is told of playing that goes on, in milliseconds. */
const LOOK = 1000

/** The most shadow roots that are listened to. */
const MOST_ROOTS = 32

/** The longest title and the longest address, in UTF-16 code units. */
const MOST_TITLE = 200
const MOST_ADDRESS = 2000

/**
 * An element that the core knows.
 *
 * @typedef {object} Known
 * @property {number} medium its number
 * @property {number} looked when the core was told of it last
 * @property {string} unsaid how it was playing last, if the core was not told
 */

/** @param {import('./page.js').Watched} page */
export const watchMedia = (page) => {
  /** @type {WeakMap<Element, Known>} */
  const known = new WeakMap()
  let count = 0
  const roots = new WeakSet()
  let rootsLeft = MOST_ROOTS

  const hear = (/** @type {Event} */ { type, target: element }) => {
    if (!(element instanceof HTMLMediaElement) || isWithin(element, NO_CAPTURE)) return
    const isNew = !known.has(element)
    const state = known.get(element) ?? { medium: ++count, looked: 0, unsaid: '' }
    known.set(element, state)
    const at = Math.floor(page.now())
    const playing = JSON.stringify({ medium: state.medium, at, ...playingOf(element) })
    if (type == 'timeupdate' && !isNew) {
      if (element.seeking) return
      state.unsaid = playing
      if (at < state.looked + LOOK) return
    }
    // How far it was played before something else happened.
    if (state.unsaid) page.tell('media', 'timeupdate', state.unsaid)
    state.unsaid = ''
    state.looked = at
    if (type != 'timeupdate' || isNew) page.tell('media', type, playing, JSON.stringify(descriptionOf(element)))
  }

  const listen = (/** @type {EventTarget} */ root) => {
    for (const name of EVENTS) page.listen(root, name, hear)
  }
  const look = (/** @type {ShadowRoot} */ root) => {
    if (!rootsLeft || roots.has(root) || !root.querySelector('audio, video')) return
    roots.add(root)
    rootsLeft--
    listen(root)
  }
  listen(document)
  later(page, 'looking for media', () => [...shadowRoots(document)].forEach(look))()
  for (const name of ['pointerdown', 'keydown']) {
    page.listen(document, name, (event) => {
      for (const node of event.composedPath()) if (node instanceof ShadowRoot) look(node)
    })
  }
}

/** How an element is playing, in whole milliseconds and thousandths. @param {HTMLMediaElement} element */
const playingOf = ({ currentTime, duration, playbackRate, paused, seeking, ended, muted, volume }) => ({
  position: Math.round(currentTime * 1000),
  // That of a live stream is no number, and none in JSON.
  duration: Math.round(duration * 1000),
  rate: Math.round(Math.abs(playbackRate) * 1000),
  paused,
  seeking,
  ended,
  muted: muted || !volume,
})

/** What an element plays. @param {HTMLMediaElement} element */
const descriptionOf = (element) => ({
  $media_type: element.localName,
  $media_src: element.currentSrc.slice(0, MOST_ADDRESS),
  $media_title: (element.title || element.getAttribute('aria-label') || '').slice(0, MOST_TITLE) || undefined,
  $media_autoplay: element.autoplay,
})
