// @ts-check
/** Watches one finger move over the screen. */

/** A finger that moves by fewer pixels only taps. */
const TAP = 10

/** @typedef {{ x: number, y: number, direction: string, distance: number }} Swipe where in the window it began, in pixels */

/**
 * @param {import('./page.js').Watched} page
 * @param {(event: TouchEvent, at: number, swipe: Swipe) => void} hear is told of each swipe at its end, and when it began
 */
export const watchSwipes = (page, hear) => {
  /** When and where the finger went down. @type {{ at: number, x: number, y: number } | undefined} */
  let down
  page.listen(window, 'touchstart', ({ touches: [{ clientX: x, clientY: y }, second] }) => {
    // Two fingers zoom.
    down = second ? undefined : { at: Math.floor(page.now()), x, y }
  })
  page.listen(window, 'touchcancel', () => (down = undefined))
  page.listen(window, 'touchend', (event) => {
    const start = down
    down = undefined
    if (!start) return
    const { at, x, y } = start
    const across = event.changedTouches[0].clientX - x
    const along = event.changedTouches[0].clientY - y
    const distance = Math.round(Math.hypot(across, along))
    const isAcross = Math.abs(across) > Math.abs(along)
    const [before, after] = isAcross ? ['left', 'right'] : ['up', 'down']
    const direction = (isAcross ? across : along) < 0 ? before : after
    if (distance >= TAP) hear(event, at, { x, y, direction, distance })
  })
}
