// @ts-check
/** What was thrown, as text for the core, whatever it is: nothing of the app's that fails in answering fails here. */

/** @typedef {Record<string, any>} Entry one exception of a chain, as the core's `exception/entry.rs` reads it */

/** Causes and members beyond that are left out, as posthog-js 1.449.2 does. */
const MAX_ENTRIES = 50
/** Members of one error that are looked at, for one that was there already counts for nothing. */
const MAX_MEMBERS = 1000
/** Errors may be wrapped in events and objects, and those in others. */
const MAX_WRAPPERS = 4
/** In UTF-16 code units. */
const MAX_TYPE = 1000
const MAX_VALUE = 65_535
const MAX_STACK = 50_000
const MAX_KEYS = 40

/** A tag knows an error of another window too, where `instanceof` does not. */
const ERROR_TAG = /^(WebAssembly\.)?(Error|Exception|DOMException)$/
/** The first file of a stack. */
const FILE = /(?:[a-z][\w.+-]*:|\/)\S+?(?=:\d+:\d+)/i

/**
 * Reads what was thrown.
 *
 * @param {unknown} thrown
 * @param {string} [stack] where it was captured, for what brings no stack of its own
 * @returns {string} JSON: an array of the exception, then its causes and members
 */
export const readThrown = (thrown, stack = '') => {
  /** @type {Entry[]} */
  const entries = []
  const seen = new Set()
  const add = (/** @type {any} */ thrown, /** @type {string} */ stack, /** @type {Entry} */ place) => {
    const { inner, kind, at } = unwrap(thrown)
    if (entries.length >= MAX_ENTRIES || seen.has(inner)) return
    if (isReference(inner)) seen.add(inner)
    const parent = entries.push({ ...describe(inner, kind, at || stack), ...place }) - 1
    if (!isError(inner)) return
    const cause = read(inner, 'cause')
    if (cause) add(cause, '', { parent, source: 'cause' })
    const members = membersOf(inner)
    const count = Math.min(read(members, 'length'), MAX_MEMBERS)
    for (let index = 0; index < count; index++) add(read(members, index), '', { parent, source: 'member' })
  }
  return (
    safely(() => {
      // Build tools write it down beside the ids of the chunks.
      add(thrown, stack, { release: read(globalThis, '_posthogReleaseId') })
      return JSON.stringify(entries)
    }) ?? '[{"kind":"error","value":"Unknown error","synthetic":true}]'
  )
}

/**
 * The stack from where a function was called, for what is captured without one.
 *
 * @param {Function} callee
 */
export const stackAbove = (callee) => {
  const holder = { stack: '' }
  // Firefox has it since 138, Chromium since long; WebKit does not heed the function.
  safely(() => /** @type {any} */ (Error).captureStackTrace(holder, callee))
  const stack = stackOf(holder)
  return FILE.test(stack) && !stack.includes(callee.name + '@') ? stack : withoutOwn(stackOf(new Error()))
}

/**
 * A stack without the calls of this file on top, unless that is all there is: an app may have put us into its own file.
 *
 * @param {string} stack
 */
const withoutOwn = (stack) => {
  const own = FILE.exec(stack)?.[0] ?? stack
  const lines = stack.split('\n')
  const first = lines.findIndex((line) => FILE.test(line) && !line.includes(own))
  return first < 0 ? stack : lines.slice(first).join('\n')
}

/**
 * What is meant by events and objects that only carry something, and where it was if they say so.
 *
 * @param {any} inner
 * @returns {{ inner: any, kind?: string, at?: string | undefined }}
 */
const unwrap = (inner) => {
  let at
  for (let wrappers = 0; wrappers < MAX_WRAPPERS && isReference(inner) && !isError(inner); wrappers++) {
    const wrapper = inner
    const tag = tagOf(wrapper)
    const rejection = tag == 'PromiseRejectionEvent' ? wrapper : isEvent(tag) ? read(wrapper, 'detail') : undefined
    if (tag == 'ErrorEvent') {
      const [file, line, column] = ['filename', 'lineno', 'colno'].map((key) => text(wrapper, key))
      if (file && Number(line)) at = `@${file}:${line}:${column}`
      inner = read(wrapper, 'error') ?? (text(wrapper, 'message') || wrapper)
    } else if (rejection == wrapper || read(rejection, 'reason') != null) {
      inner = read(rejection, 'reason')
      if (!isReference(inner)) return { inner, kind: 'rejection' }
    } else {
      const key = keysOf(wrapper).find((key) => isError(read(wrapper, key)))
      if (key != null) inner = read(wrapper, key)
    }
    if (inner == wrapper) break
  }
  return { inner, at }
}

/**
 * @param {any} thrown
 * @param {string} [kind] where it is known already
 * @param {string} [at] stack for what has none
 * @returns {Entry}
 */
const describe = (thrown, kind, at) => {
  if (!isReference(thrown)) {
    kind ??= typeof thrown == 'string' ? 'string' : 'primitive'
    return { kind, value: told(thrown), stack: at, chunks: chunksIn(at) }
  }
  const own = stackOf(thrown)
  const stack = own || at
  const entry = {
    kind: 'error',
    type: text(thrown, 'name').slice(0, MAX_TYPE),
    value: text(thrown, 'message').slice(0, MAX_VALUE),
    class: className(thrown).slice(0, MAX_TYPE),
    stack,
    synthetic: stack && !own ? true : undefined,
    chunks: chunksIn(stack),
  }
  const tag = tagOf(thrown)
  if (isError(thrown)) return tag == 'DOMException' ? { ...entry, kind: 'domexception' } : entry
  const names = keysOf(thrown).sort()
  let keys = names.length ? '' : '[object has no keys]'
  for (const name of names) {
    const more = keys ? keys + ', ' + name : name
    if (more.length > MAX_KEYS) break
    keys = more
  }
  return isEvent(tag) ? { ...entry, kind: 'event', class: tag, keys } : { ...entry, kind: 'object', keys }
}

/** The stack without the message in front: a message may look like a stack. @param {any} thrown */
const stackOf = (thrown) => {
  const stack = read(thrown, 'stack')
  if (typeof stack != 'string') return ''
  const message = ': ' + text(thrown, 'message')
  const at = message.length > 2 ? stack.indexOf(message) : -1
  const isFirstLine = at >= 0 && !stack.slice(0, at).includes('\n')
  return stack.slice(isFirstLine ? at + message.length : 0).slice(0, MAX_STACK)
}

/**
 * The ids of the chunks in a stack, by their files: by them PostHog finds the source maps that were uploaded. Build tools
 * have each chunk write down a stack that it made, and its id.
 *
 * @param {string} [stack]
 */
const chunksIn = (stack) => {
  /** @type {Record<string, string> | undefined} */
  let chunks
  for (const name of ['_debugIds', '_posthogChunkIds']) {
    const ids = read(globalThis, name)
    for (const made of stack && ids ? keysOf(ids) : []) {
      const file = FILE.exec(made)?.[0]
      if (file && stack?.includes(file)) (chunks ??= {})[file] = text(ids, made)
    }
  }
  return chunks
}

/** The members of an `AggregateError`, also of one from another window. @param {any} error @returns {any[]} */
const membersOf = (error) => {
  let prototype = error
  for (let depth = 0; prototype && depth < 100; depth++) {
    if (className(prototype) == 'AggregateError') return safely(() => Array.isArray(error.errors) && error.errors) || []
    prototype = safely(() => Object.getPrototypeOf(prototype))
  }
  return []
}

/**
 * @template T
 * @param {() => T} ask
 * @returns {T | undefined} undefined where the app's own code failed in answering
 */
export const safely = (ask) => {
  try {
    return ask()
  } catch {}
}

/** @param {any} value */
export const isError = (value) => ERROR_TAG.test(tagOf(value)) || !!safely(() => value instanceof Error)
/** @param {any} value */
export const told = (value) => (safely(() => String(value)) ?? '').slice(0, MAX_VALUE)

/** @param {any} value */
const isReference = (value) => (typeof value == 'object' && value !== null) || typeof value == 'function'
/** @param {any} object @param {PropertyKey} key */
const read = (object, key) => safely(() => object[key])
/** @param {any} object @param {PropertyKey} key */
const text = (object, key) => {
  const value = read(object, key)
  return typeof value == 'string' || typeof value == 'number' ? String(value) : ''
}
/** @param {any} value */
const tagOf = (value) => safely(() => Object.prototype.toString.call(value).slice(8, -1)) ?? ''
/** @param {string} tag */
const isEvent = (tag) => tag.endsWith('Event')
/** @param {any} object */
const className = (object) => text(read(object, 'constructor'), 'name')
/** None of a buffer, which has as many as bytes. @param {any} object @returns {string[]} */
const keysOf = (object) => (ArrayBuffer.isView(object) ? [] : (safely(() => Object.keys(object)) ?? []))
