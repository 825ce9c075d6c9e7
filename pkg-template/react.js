// @ts-check
'use client'
/**
 * The entry `hoglet/react`, which has the names, properties and answers of posthog-js 1.449.2's `posthog-js/react`.
 *
 * React is the app's own. Rendering changes nothing and says nothing: the client is begun, and that a flag was read is told,
 * when what was rendered is on the page. On a server nothing is touched.
 */

export { PostHogContext, PostHogProvider, usePostHog } from './react-context.js'
export { PostHogErrorBoundary, setupReactErrorHandler } from './react-errors.js'
export {
  useActiveFeatureFlags,
  useFeatureFlagEnabled,
  useFeatureFlagPayload,
  useFeatureFlagResult,
  useFeatureFlagVariantKey,
} from './react-flags.js'
export { PostHogCaptureOnViewed, PostHogFeature, captureFeatureInteraction, captureFeatureView } from './react-views.js'
