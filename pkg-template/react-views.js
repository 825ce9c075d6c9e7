// @ts-check
/** Components that tell what the visitor sees, and uses. */

import { Children, Fragment, createElement, useEffect, useRef } from 'react'
import { usePostHog } from './react-context.js'
import { useFeatureFlagPayload, useFeatureFlagVariantKey } from './react-flags.js'

/** How much of an element has to be in sight, unless the app says otherwise. */
const THRESHOLD = 0.1

/**
 * An element that tells when it comes into sight.
 *
 * @param {any} props `onView` is not looked at while `isWatched` is false
 */
function Watched({ children, onView, isWatched = true, options, ...props }) {
  /** @type {import('react').MutableRefObject<any>} */
  const element = useRef(null)
  const view = useRef(onView)
  const { threshold = THRESHOLD, root, rootMargin } = options ?? {}
  useEffect(() => {
    view.current = onView
  })
  useEffect(() => {
    // Not every page that renders components can watch them.
    if (!isWatched || typeof IntersectionObserver != 'function') return
    try {
      const observer = new IntersectionObserver(
        (entries) => {
          if (entries.some(({ isIntersecting }) => isIntersecting)) view.current()
        },
        { ...options, threshold },
      )
      observer.observe(element.current)
      return () => observer.disconnect()
    } catch (error) {
      console.error('[hoglet] what comes into sight is not told, for the options of the observer are wrong', error)
    }
  }, [isWatched, String(threshold), root, rootMargin])
  return createElement('div', { ...props, ref: element }, children)
}

/** Does something the first time that it is called. @param {() => void} action */
const useOnce = (action) => {
  const isDone = useRef(false)
  return () => {
    if (isDone.current) return
    isDone.current = true
    action()
  }
}

/** What a flag shows: each child in an element of its own, and the first view and the first click of all of them told. @param {any} props */
function Feature({ children, flag, variant, options, isWatched, isHeard, onClick, ...props }) {
  const posthog = usePostHog()
  const told = { flag, posthog, flagVariant: variant }
  const view = useOnce(() => captureFeatureView(told))
  const interact = useOnce(() => captureFeatureInteraction(told))
  const click = (/** @type {any} */ event) => {
    if (isHeard) interact()
    onClick?.(event)
  }
  const watched = { flag, ...props, options, isWatched, onView: view, onClick: click }
  return createElement(
    Fragment,
    null,
    Children.map(children, (child) => createElement(Watched, watched, child)),
  )
}

/** @param {any} props */
export function PostHogFeature({
  flag,
  match,
  children,
  fallback,
  visibilityObserverOptions: options,
  trackInteraction,
  trackView,
  ...props
}) {
  const payload = useFeatureFlagPayload(flag)
  const variant = useFeatureFlagVariantKey(flag)
  const isShown = variant !== undefined && (match === undefined ? variant !== false : variant === match)
  if (!isShown) return createElement(Fragment, null, fallback)
  return createElement(
    Feature,
    { ...props, flag, variant, options, isWatched: trackView ?? true, isHeard: trackInteraction ?? true },
    typeof children == 'function' ? children(payload) : children,
  )
}

/** @param {string} event @param {import('./react.js').CaptureFeatureOptions} options */
const captureFeature = (event, { flag, posthog, flagVariant }) => {
  /** @type {Record<string, any>} */
  const properties = { feature_flag: flag, $set: { [event + '/' + flag]: flagVariant ?? true } }
  if (typeof flagVariant == 'string') properties.feature_flag_variant = flagVariant
  posthog.capture(event, properties)
}

/** @param {import('./react.js').CaptureFeatureOptions} options */
export const captureFeatureInteraction = (options) => captureFeature('$feature_interaction', options)

/** @param {import('./react.js').CaptureFeatureOptions} options */
export const captureFeatureView = (options) => captureFeature('$feature_view', options)

/** An element whose first view is told. @param {any} props */
function Viewed({ children, name, index, properties, ...props }) {
  const posthog = usePostHog()
  const told = index === undefined ? { element_name: name } : { element_name: name, child_index: index }
  const onView = useOnce(() => posthog.capture('$element_viewed', { ...told, ...properties }))
  return createElement(Watched, { ...props, onView }, children)
}

/** @param {any} props */
export function PostHogCaptureOnViewed({ name, properties, observerOptions: options, trackAllChildren, children, ...props }) {
  const watched = { name, properties, options }
  if (!trackAllChildren) return createElement(Viewed, { ...props, ...watched }, children)
  return createElement(
    'div',
    props,
    Children.map(children, (child, index) => createElement(Viewed, { ...watched, index }, child)),
  )
}
