/** A value that an event's properties can hold. Dates, errors, maps and the like are taken too; see the README. */
export type Property = unknown

/** What an event tells besides its name. */
export type Properties = Record<string, Property>

/** Settings of {@link Hoglet.init}. Names are those of posthog-js where it has them. */
export interface Config {
  /** Where events go: `https://us.i.posthog.com` (the default), `https://eu.i.posthog.com`, your own PostHog, or a path of your own origin such as `/ingest` behind a reverse proxy. */
  api_host?: string
  /** The path of the event endpoint on that host. Default `/e/`. */
  endpoint?: string
  /**
   * When the core is fetched. Default `'idle'`.
   * - `'idle'`: when the page has nothing else to do, or at the visitor's first interaction, whichever comes first
   * - `'interaction'`: at the visitor's first interaction, or when the page is hidden
   * - `'eager'`: at once
   * - `'manual'`: when {@link Hoglet.load} or {@link Hoglet.flush} is called
   */
  load?: 'idle' | 'interaction' | 'eager' | 'manual'
  /** How many waiting events cause a request; also the most that one request carries. 1 to 1,000, default 100. */
  batch_size?: number
  /** How long an event waits for company, in milliseconds. 1 to 60,000, default 3,000. */
  batch_interval?: number
  /** Send bodies as plain JSON rather than gzipped. Default false. */
  disable_compression?: boolean
  /** For whom PostHog builds person profiles. Default `'identified_only'`. */
  person_profiles?: 'always' | 'identified_only' | 'never'
  /** What `$lib` says. Default `'hoglet'`; `'web'` suits dashboards that filter on posthog-js. */
  lib?: string
  /** How long the identity is remembered, in days. Default 365. */
  cookie_expiration?: number
  /** Whether the cookie is sent over https only. Default: whether the page is served over https. */
  secure_cookie?: boolean
  /** How long a session may rest, in seconds. 60 to 36,000, default 1,800. */
  session_idle_timeout_seconds?: number
  /** The longest string in an event's properties, in UTF-16 code units; longer ones are cut. Default 65,535. */
  properties_string_max_length?: number
  /** Say in the console what is being done. Default false. */
  debug?: boolean
  /** Called with the client as soon as it works. */
  loaded?: (hoglet: Hoglet) => void
  /** Settings of posthog-js that hoglet does not know are kept in {@link Hoglet.config} and have no effect. */
  [setting: string]: unknown
}

/** What may go with one event. */
export interface CaptureOptions {
  /** When it happened, if not now. */
  timestamp?: Date | string | number
  /** The event's id, a uuid, if it has one already. */
  uuid?: string
  /** Properties to set on the person. */
  $set?: Properties
  /** Properties to set on the person unless they are set. */
  $set_once?: Properties
  /** Do not wait for company. */
  send_instantly?: boolean
}

/** An event that was taken. */
export interface CaptureResult {
  uuid: string
  event: string
  timestamp: Date | string | number
}

/** An analytics client. No method throws; what goes wrong is said in the console. */
export interface Hoglet {
  /** Starts the client for a project. On a server it does nothing. */
  init(token: string, config?: Config): Hoglet
  /** Captures an event. Returns nothing if it was refused, or if the core is not there yet. */
  capture(event: string, properties?: Properties | null, options?: CaptureOptions): CaptureResult | undefined
  /** Says who the visitor is: what was captured before becomes this person's. */
  identify(id: string, set?: Properties, setOnce?: Properties): void
  /** Forgets the person, for instance at logout; with `true` the device too. */
  reset(deviceToo?: boolean): void
  /** Sets properties that go with every event from now on, on later visits too. */
  register(properties: Properties): void
  /** Changes settings. */
  set_config(config: Config): void
  /** The id that events carry now; nothing before the core is there. */
  get_distinct_id(): string | undefined
  /** Sends what waits, now. */
  flush(): void
  /** Says in the console what is being done, or stops saying it. */
  debug(on?: boolean): void
  /** The present settings. */
  readonly config: Config & { token?: string }
  /** The events that are not delivered yet. */
  readonly _events_queue: readonly Record<string, unknown>[]
}

/** The client of the entry `hoglet`, which fetches its core when it is time. */
export interface LazyHoglet extends Hoglet {
  init(token: string, config?: Config): LazyHoglet
  /** Fetches the core now. Resolves when everything asked for before has been done. */
  load(): Promise<void>
}

declare const hoglet: LazyHoglet
export default hoglet
