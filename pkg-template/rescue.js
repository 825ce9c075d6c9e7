// @ts-check
/**
 * What follows a trap. The clients of a page share one instance of the core, so that all of them lose their cores at once
 * and each gets a fresh one, which goes on from what is stored; unless the traps do not end.
 */

import { otherFor } from './copies.js'
import { attempt, complain, guard } from './guard.js'

/** @typedef {import('./host.js').Host} Host */

/** So many traps within so many milliseconds are no accident: the next core would trap as well. */
const MOST_TRAPS = 3
const MEMORY = 60_000

/** What engines call it that the stack is used up. */
const EXHAUSTED = /^(Range|Internal)Error$/

/** Whose cores are lost when the instance traps. @type {Set<Host>} */
export const hosts = new Set()
/** Those whose cores are lost and not replaced. @type {Set<Host>} */
export const bereft = new Set()
/** When the core trapped. @type {number[]} */
let traps = []
/** Whether there may be no stack for a core before the task has ended. */
let isExhausted = false

/** Whether the core has trapped too often: there will be no other before the next page load. */
export const hasGivenUp = () => traps.length >= MOST_TRAPS

/** Hears that the instance that all cores were in is gone. @param {any} error */
export const trapped = (error) => {
  const now = performance.now()
  const recent = [...traps.filter((time) => now - time < MEMORY), now]
  const isLast = recent.length >= MOST_TRAPS
  complain(
    isLast ? 'the core keeps failing: nothing is captured until the next page load' : 'the core failed and starts anew',
    error,
  )
  for (const host of hosts) bereft.add(host)
  if (isLast) {
    for (const host of bereft) attempt('keeping events', () => host.giveUp())
    bereft.clear()
  } else {
    queueMicrotask(() => {
      isExhausted = false
      revive()
    })
    isExhausted = EXHAUSTED.test(error?.name)
  }
  // At the end, for without a stack none of this may work, and then the next call to the core tries it again.
  traps = recent
}

/** Gives fresh cores to those who have lost theirs. Costs nothing where there is nothing to do. */
export const revive = () => {
  if (isExhausted || !bereft.size) return
  for (const host of [...bereft]) {
    // An app that was told something may have been here in between.
    if (!bereft.delete(host)) continue
    try {
      host.restart()
    } catch (error) {
      trapped(error)
    }
  }
}

/**
 * Lets no method and no getter of a class throw, has those that lost their cores get others before, and leaves the work to
 * whoever does it in their place.
 *
 * @param {any} prototype
 */
export const guardCalls = (prototype) =>
  guard(prototype, (what, action, holder, name, args) => {
    const other = otherFor(holder)
    // Who works in its place is known by beginning.
    if (other && name != 'init') return typeof other[name] == 'function' ? other[name](...args) : other[name]
    revive()
    return attempt(what, action)
  })
