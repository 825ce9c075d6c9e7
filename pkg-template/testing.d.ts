import type { CaptureResult, JsonType, LazyHoglet } from './index.js'

export interface TestClientOptions {
  /** Who the visitor is, anonymously; {@link LazyHoglet.identify} makes them a user. Default `'anonymous-1'`. */
  distinctId?: string
  /**
   * What flags there are. {@link LazyHoglet.updateFlags} changes them later. Default none; `null` is that they are not known
   * yet, until then.
   */
  flags?: Record<string, boolean | string> | null
  /** Their payloads. */
  payloads?: Record<string, JsonType>
}

/** An event that was captured. Its properties are a copy, as JSON has them: dates are texts. */
export interface TestEvent extends CaptureResult {
  /** Who the visitor was. */
  readonly distinct_id: string
}

/**
 * A client that remembers, for unit tests. It works in Node, jsdom and browsers, asks nobody, stores nothing and sets no timers.
 *
 * What an app does with the client has its effects as far as the app can see them: who the visitor is, registered properties and
 * groups on events, consent, flags with their listeners, and the events that these methods capture, such as `$identify`.
 * Nothing happens by itself. In particular there are
 * - no properties of the page, the device or the session, and no pageviews, autocapture or `$feature_flag_called`
 * - no settings but `bootstrap`, `loaded`, `opt_out_capturing_by_default` and `properties_string_max_length`: hooks such as
 *   `before_send` are not called, nothing is redacted, no bot and no flood is held back
 * - no second session; flags that stay what they are when the visitor becomes another one
 *
 * It is there at once, with or without `init`. Ids count up, so that they are the same in every run.
 */
export interface TestClient extends LazyHoglet {
  init(...args: Parameters<LazyHoglet['init']>): TestClient
  /** What was captured, oldest first. */
  readonly events: TestEvent[]
  /** Begins anew, as it was made: without events, listeners, settings and other clients. For between two tests. */
  startOver(): void
}

/** A client for tests, in the place of the package's own. */
export function createTestClient(options?: TestClientOptions): TestClient
