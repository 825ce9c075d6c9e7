// As an app imports it that wants events, autocapture and flags.
import { AnalyticsExtensions, FeatureFlagsExtensions } from 'posthog-js/dist/extension-bundles';

export { default } from 'posthog-js/dist/module.slim';
export const extensions = { ...AnalyticsExtensions, ...FeatureFlagsExtensions };
