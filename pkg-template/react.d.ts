import type {
  Component,
  Context,
  ErrorInfo,
  FunctionComponent,
  HTMLProps,
  ReactElement,
  ReactNode,
} from 'react'
import type { Bootstrap, CaptureResult, Config, FeatureFlagResult, Hoglet, JsonType, Properties } from './index.js'

/** What posthog-js calls a client. */
export type PostHog = Hoglet

/** Which client components work with, and what its flags are before it has any. */
export interface PostHogContextValue {
  client: Hoglet
  bootstrap?: Bootstrap | undefined
}

/** Without a provider it has the package's own client, the default export of `hoglet`. */
export const PostHogContext: Context<PostHogContextValue>

/** A client that the app has begun itself, of `hoglet` or `hoglet/eager`; or the key of a project, and settings. */
export type PostHogProviderProps =
  | { client: Hoglet; apiKey?: never; options?: never }
  | { apiKey: string; options?: Partial<Config> | undefined; client?: never }

/**
 * Gives components a client.
 *
 * With `apiKey` the package's own client is begun when the provider is first on the page: once, before the effects of what is
 * inside it, and never on a server. When `options` say something else later, that is set. Another `apiKey` is ignored.
 */
export function PostHogProvider(props: PostHogProviderProps & { children?: ReactNode }): ReactElement

/** The client. */
export function usePostHog(): Hoglet

/**
 * Whether a flag is on; `defaultValue` as long as it has no value. Like all hooks it answers what is bootstrapped, or nothing,
 * on servers and in the first render of what they have rendered, and renders anew when the answer has changed.
 */
export function useFeatureFlagEnabled(flag: string, defaultValue: boolean): boolean
export function useFeatureFlagEnabled(flag: string): boolean | undefined
/** A flag's value: the name of its variant, or whether it is on. */
export function useFeatureFlagVariantKey(flag: string): string | boolean | undefined
/** A flag's payload. It is not captured that the flag was read. */
export function useFeatureFlagPayload(flag: string): JsonType
/** A flag's value and its payload: the same object until one of them changes. */
export function useFeatureFlagResult(flag: string): FeatureFlagResult | undefined
/** The keys of the flags that are on: the same array until they change. */
export function useActiveFeatureFlags(): string[]

export type PostHogFeatureProps = Omit<HTMLProps<HTMLDivElement>, 'children'> & {
  flag: string
  /** What is shown; a function gets the flag's payload. Each child stands in a `<div>` that has the other properties. */
  children: ReactNode | ((payload: any) => ReactNode)
  /** What is shown otherwise. Default nothing. */
  fallback?: ReactNode
  /** The value that the flag must have. Default any but `false`. */
  match?: string | boolean
  /** When it counts as seen. Default when a tenth of a child is in sight. */
  visibilityObserverOptions?: IntersectionObserverInit
  /** Whether the first click is captured as `$feature_interaction`. Default true. */
  trackInteraction?: boolean
  /** Whether the first view is captured as `$feature_view`. Default true. */
  trackView?: boolean
}

/** Shows its children if a flag has its value. */
export function PostHogFeature(props: PostHogFeatureProps): ReactElement | null

export interface CaptureFeatureOptions {
  flag: string
  posthog: Hoglet
  flagVariant?: string | boolean | undefined
}

/** Captures that the visitor has used what a flag shows. */
export function captureFeatureInteraction(options: CaptureFeatureOptions): void
/** Captures that the visitor has seen what a flag shows. */
export function captureFeatureView(options: CaptureFeatureOptions): void

export type PostHogCaptureOnViewedProps = HTMLProps<HTMLDivElement> & {
  /** `element_name` of the event. */
  name?: string
  properties?: Properties
  /** When it counts as seen. Default when a tenth of it is in sight. */
  observerOptions?: IntersectionObserverInit
  /** Whether each child is captured by itself, with its `child_index`. Default false. */
  trackAllChildren?: boolean
}

/** A `<div>` whose first view is captured as `$element_viewed`. */
export function PostHogCaptureOnViewed(props: PostHogCaptureOnViewedProps): ReactElement

export interface PostHogErrorBoundaryFallbackProps {
  error: unknown
  /** What `captureException` returned. */
  exceptionEvent: unknown
  componentStack: string
  /** Shows the children again. */
  resetError: () => void
}

export interface PostHogErrorBoundaryProps {
  children?: ReactNode | (() => ReactNode)
  /** What is shown after an error. Default nothing. */
  fallback?: ReactNode | FunctionComponent<PostHogErrorBoundaryFallbackProps>
  /** Properties of the exception's event. */
  additionalProperties?: Properties | ((error: unknown, errorInfo: ErrorInfo) => Properties)
}

/** Captures errors of rendering as `$exception`, and shows something else instead of what failed. */
export class PostHogErrorBoundary extends Component<PostHogErrorBoundaryProps> {}

/** Makes a handler for `onUncaughtError`, `onCaughtError` and `onRecoverableError` of React's roots. The callback is called after it. */
export function setupReactErrorHandler(
  client: Hoglet,
  callback?: (event: CaptureResult | undefined, error: any, errorInfo: ErrorInfo) => void,
): (error: any, errorInfo: { componentStack?: string | null | undefined }) => void
