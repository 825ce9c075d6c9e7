/** What an app of React writes, and what the types must not let it write. */

import type { ReactNode } from 'react';
import hoglet from 'hoglet';
import eager from 'hoglet/eager';
import {
  PostHogCaptureOnViewed,
  PostHogContext,
  PostHogErrorBoundary,
  PostHogFeature,
  PostHogProvider,
  captureFeatureInteraction,
  captureFeatureView,
  setupReactErrorHandler,
  useActiveFeatureFlags,
  useFeatureFlagEnabled,
  useFeatureFlagPayload,
  useFeatureFlagResult,
  useFeatureFlagVariantKey,
  usePostHog,
} from 'hoglet/react';
import type { PostHog, PostHogErrorBoundaryFallbackProps, PostHogFeatureProps } from 'hoglet/react';

const Failed = ({ error, componentStack, resetError }: PostHogErrorBoundaryFallbackProps) => (
  <button onClick={resetError}>
    {String(error)} {componentStack.length}
  </button>
);

function Cart({ children }: { children?: ReactNode }) {
  const posthog: PostHog = usePostHog();
  const isNew: boolean = useFeatureFlagEnabled('new-cart', false);
  const maybe: boolean | undefined = useFeatureFlagEnabled('new-cart');
  const variant: string | boolean | undefined = useFeatureFlagVariantKey('new-cart');
  const result = useFeatureFlagResult('new-cart');
  const keys: string[] = useActiveFeatureFlags();
  const payload = useFeatureFlagPayload('new-cart');
  captureFeatureView({ flag: 'new-cart', posthog, flagVariant: variant });
  captureFeatureInteraction({ flag: 'new-cart', posthog });
  return (
    <PostHogFeature
      flag="new-cart"
      match="blue"
      fallback={<b>old</b>}
      className="cart"
      trackView={false}
      visibilityObserverOptions={{ threshold: 0.5 }}
    >
      {(given: { size: number }) => (
        <i>
          {given.size} {String(isNew)} {String(maybe)} {result?.variant} {keys.length} {JSON.stringify(payload)} {children}
        </i>
      )}
    </PostHogFeature>
  );
}

const feature: PostHogFeatureProps = { flag: 'new-cart', children: 'new' };

export const app = (
  <PostHogProvider client={hoglet}>
    <PostHogErrorBoundary fallback={Failed} additionalProperties={(error) => ({ error })}>
      <Cart />
      <PostHogFeature {...feature} />
    </PostHogErrorBoundary>
    <PostHogErrorBoundary fallback={<b>failed</b>}>{() => <b>shown</b>}</PostHogErrorBoundary>
    <PostHogCaptureOnViewed name="hero" properties={{ a: 1 }} trackAllChildren id="hero">
      <b>hero</b>
    </PostHogCaptureOnViewed>
    <PostHogContext.Consumer>{({ client, bootstrap }) => client.get_distinct_id() ?? bootstrap?.distinctID}</PostHogContext.Consumer>
  </PostHogProvider>
);
export const others = [
  <PostHogProvider client={eager} />,
  <PostHogProvider apiKey="phc_token" options={{ api_host: '/ingest', bootstrap: { featureFlags: { 'new-cart': true } } }} />,
];
export const onUncaughtError = setupReactErrorHandler(hoglet, (event, error, info) => console.log(event?.uuid, error, info));

// @ts-expect-error a client or a key
export const both = <PostHogProvider client={hoglet} apiKey="phc_token" />;
// @ts-expect-error a flag has a key
export const nameless = <PostHogFeature>new</PostHogFeature>;
// @ts-expect-error a client is no word
export const word = <PostHogProvider client="hoglet" />;
