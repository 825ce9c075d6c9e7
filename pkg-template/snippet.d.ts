import type { LazyHoglet } from './index.js'

/** What a snippet keeps of a call: its method with its arguments, or a function that is called with the client as `this`. */
export type SnippetCall = [method: string, ...args: any[]] | ((this: SnippetHoglet) => void)

/** The client that `snippet.js` puts at `window.posthog`. */
export interface SnippetHoglet extends LazyHoglet {
  /** Makes calls now. */
  push(...calls: SnippetCall[]): void
}

declare global {
  interface Window {
    posthog: SnippetHoglet
  }
}
