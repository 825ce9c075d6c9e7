export { newTracker, trackSelfDescribingEvent } from '@snowplow/browser-tracker';
