// @ts-check
/** Errors of rendering, captured with the components that they happened in. */

import { Component, createElement, isValidElement } from 'react'
import { PostHogContext } from './react-context.js'

/** @param {any} value */
const isError = (value) => value instanceof Error || /(Error|Exception)]$/.test(Object.prototype.toString.call(value))

/**
 * The error with the components that it happened in, as its last cause. What is no error becomes one.
 *
 * @param {any} error
 * @param {string | null | undefined} componentStack
 */
const withComponents = (error, componentStack) => {
  if (!componentStack) return error
  const wasThrown = isError(error)
  const components = new Error(wasThrown ? error.message : 'Primitive value captured as exception: ' + String(error))
  components.name = 'React ErrorBoundary ' + (wasThrown ? error.name : 'Error')
  components.stack = componentStack
  if (!wasThrown) return components
  try {
    let last = error
    for (const seen = new Set(); isError(last.cause) && !seen.has(last); last = last.cause) seen.add(last)
    if (!isError(last.cause)) {
      if (last.cause !== undefined) components.cause = last.cause
      last.cause = components
    }
  } catch {
    // It takes no cause, and is captured as it is.
  }
  return error
}

/** @type {{ isCaught: boolean, error: any, componentStack: any, exceptionEvent: any }} */
const NOTHING = { isCaught: false, error: null, componentStack: null, exceptionEvent: null }

/** @extends {Component<any, typeof NOTHING>} */
export class PostHogErrorBoundary extends Component {
  static contextType = PostHogContext

  state = NOTHING

  resetError = () => this.setState(NOTHING)

  /** @param {any} error @param {import('react').ErrorInfo} info */
  componentDidCatch(error, info) {
    const { componentStack = null } = info
    const exceptionEvent = this.#capture(error, info)
    this.setState({ isCaught: true, error, componentStack, exceptionEvent })
  }

  /** @param {any} error @param {import('react').ErrorInfo} info */
  #capture(error, info) {
    const { additionalProperties: properties } = this.props
    let told = properties
    try {
      if (typeof properties == 'function') told = properties(error, info)
    } catch (failure) {
      told = undefined
      console.error('[hoglet] additionalProperties failed', failure)
    }
    // @ts-expect-error the context is the one that is named above
    return this.context.client.captureException(withComponents(error, info.componentStack), told)
  }

  render() {
    const { children, fallback } = this.props
    const { isCaught, error, componentStack, exceptionEvent } = this.state
    if (!isCaught) return typeof children == 'function' ? children() : children
    const { resetError } = this
    const shown =
      typeof fallback == 'function' ? createElement(fallback, { error, componentStack, exceptionEvent, resetError }) : fallback
    if (isValidElement(shown) || typeof shown == 'string') return shown
    if (shown != undefined) console.warn('[hoglet] the fallback of PostHogErrorBoundary is no element and no component')
    return null
  }
}

/**
 * @param {any} client
 * @param {(event: any, error: any, info: any) => void} [callback]
 * @returns {(error: any, info: any) => void}
 */
export const setupReactErrorHandler = (client, callback) => (error, info) => {
  const event = client.captureException(withComponents(error, info.componentStack))
  callback?.(event, error, info)
}
