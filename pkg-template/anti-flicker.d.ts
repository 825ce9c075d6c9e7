import type { Hoglet } from './index.js'

/** What is hidden, until when. */
export interface HideOptions {
  /** How long at most, in milliseconds. Default 500. What is not known by then is shown as it is. */
  timeout?: number
  /** What is hidden. Default: the page, `document.documentElement`. */
  element?: Element & ElementCSSInlineStyle
  /**
   * What is waited for. Default `'known'`.
   * - `'known'`: flags, wherever they are from: `bootstrap`, an earlier visit or the server. On later visits that costs no time
   * - `'fresh'`: flags of this page: `bootstrap`, the server's answer, or `updateFlags`
   */
  until?: 'known' | 'fresh'
}

/**
 * Hides the page, or a part of it, until the visitor's flags are there, so that it is not painted with the wrong variant first. The
 * client's core is fetched at once for it, whatever its setting `load` says.
 *
 * Resolves to whether the flags came in time, when the page has been shown again. It is shown when the time is over, whatever happens,
 * and at once when the server fails. Never throws, never rejects; on a server it does nothing and resolves to false.
 */
export function hideUntilFlags(
  hoglet: Pick<Hoglet, 'onFeatureFlags' | 'flagsReady'>,
  options?: HideOptions,
): Promise<boolean>
