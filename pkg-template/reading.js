// @ts-check
/** Tells the core how far the page is scrolled, and that its visitor is there. */

import { scrollRoot } from './dom.js'
import { attempt } from './guard.js'

/** How often at most, in milliseconds. */
const SCROLL_INTERVAL = 100
const SIGN_INTERVAL = 1000

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove', 'scroll']

/**
 * @param {import('./page.js').Watched} watched
 * @returns {() => void} has the page measured as soon as that costs nothing
 */
export const watchReading = ({ tell, listen, onEnd, settings, now }) => {
  let told = 0
  const sign = () => {
    if (now() - told < SIGN_INTERVAL) return
    told = now()
    tell('sign')
  }
  for (const event of SIGNS) listen(window, event, sign)

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let frame = 0
  const measure = () => {
    timer = undefined
    attempt('measuring the page', measured)
  }
  const measured = () => {
    if (settings.disable_scroll_properties) return
    const element = scrollRoot(settings.scroll_root_selector) ?? document.documentElement
    const above = element == document.documentElement ? scrollY : element.scrollTop
    const lengths = [above, element.clientHeight, element.scrollHeight]
    tell('measured', ...lengths.map((length) => String(Math.max(0, Math.ceil(length)))))
  }
  // After the frame: the browser has laid the page out, and asking costs nothing.
  const measureSoon = () => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => {
      clearTimeout(timer)
      timer = setTimeout(measure)
    })
  }
  const measureLater = () => (timer ??= setTimeout(measureSoon, SCROLL_INTERVAL))
  for (const event of ['scroll', 'scrollend', 'resize']) listen(window, event, measureLater)
  onEnd(() => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  })
  return measureSoon
}
