/** A value that an event's properties can hold. Dates, errors, maps and the like are taken too; see the README. */
export type Property = unknown

/** What an event tells besides its name. */
export type Properties = Record<string, Property>

/** What JSON can say. */
export type JsonType = string | number | boolean | null | undefined | { [key: string]: JsonType } | JsonType[]

/** What the app knows before hoglet does, for instance from its server. */
export interface Bootstrap {
  /** Who the visitor is. */
  distinctID?: string | null
  /** Whether `distinctID` is a user's id rather than an anonymous one. Default false. */
  isIdentifiedID?: boolean | null
  /** The session that goes on here: a uuid v7 whose time is not in the future. */
  sessionID?: string | null
  /**
   * The values of the visitor's flags: they are there at once, and hold until the server answers. It is not asked when the page
   * begins then, only when something changes, at {@link Config.remote_config_refresh_interval_ms}, or by
   * {@link Hoglet.reloadFeatureFlags}. A flag that is missing has no value; one that is `false` is off.
   */
  featureFlags?: Record<string, boolean | string> | null
  /** The payloads of those flags that are on: values, or their JSON as texts. */
  featureFlagPayloads?: Record<string, JsonType> | null
}

/** Takes an event before it is sent, and gives it back, changed if need be, or nothing to drop it. */
export type BeforeSend = (event: CapturedEvent) => CapturedEvent | null | undefined

/** Settings of {@link Hoglet.init}. Names are those of posthog-js where it has them. */
export interface Config {
  /** Where events go: `https://us.i.posthog.com` (the default), `https://eu.i.posthog.com`, your own PostHog, or a path of your own origin such as `/ingest` behind a reverse proxy. */
  api_host?: string
  /** Where PostHog's own pages are, for {@link Hoglet.get_session_replay_url}. Default: derived from `api_host`. */
  ui_host?: string | null
  /** The path of the event endpoint on that host. Default `/e/`. */
  endpoint?: string
  /**
   * When the core is fetched. Default `'idle'`.
   * - `'idle'`: when the page has nothing else to do, or at the visitor's first interaction, whichever comes first
   * - `'interaction'`: at the visitor's first interaction, or when the page is hidden. What tells of a visitor who leaves without
   *   one, about a kilobyte, is fetched when the page has nothing else to do
   * - `'eager'`: at once
   * - `'manual'`: when {@link LazyHoglet.load} or {@link Hoglet.flush} is called
   */
  load?: 'idle' | 'interaction' | 'eager' | 'manual'
  /**
   * What the core runs on. Default: WebAssembly, and JavaScript where the page may not run that. `'js'` is JavaScript without
   * trying, so that the page's policy has nothing to report; only for the entry `hoglet`.
   */
  engine?: 'js'
  /** How many waiting events cause a request; also the most that one request carries. 1 to 1,000, default 100. */
  batch_size?: number
  /** How long an event waits for company, in milliseconds. 1 to 60,000, default 3,000. */
  batch_interval?: number
  /** Send bodies as plain JSON rather than gzipped. Default false. */
  disable_compression?: boolean
  /** How many bytes of localStorage waiting events may take, those of all tabs together. 0 to 1,000,000, default 262,144. */
  outbox_local_bytes?: number
  /** How many bytes of IndexedDB they may take. 0 to 1,000,000,000, default 25,000,000. */
  outbox_archive_bytes?: number
  /** How long an event waits for its delivery before it is given up, in days. 1 to 365, default 14. */
  outbox_days?: number
  /** Number events, and tell how many were captured, delivered and dropped, as `$$delivery_ledger`. Default false. */
  delivery_ledger?: boolean
  /** What `$lib` says. Default `'hoglet'`; `'web'` suits dashboards that filter on posthog-js. */
  lib?: string
  /** The longest string in an event's properties, in UTF-16 code units; longer ones are cut. Default 65,535. */
  properties_string_max_length?: number
  /** Say in the console what is being done. Default false; `?__posthog_debug=true` and an earlier {@link Hoglet.debug} turn it on. */
  debug?: boolean
  /**
   * Take those defaults that posthog-js had at a date, such as `'2026-08-30'`, or `'latest'`. Of the dated ones hoglet
   * knows `capture_pageview` (`'history_change'`, 2025-05-24), `rageclick` (2025-11-30 and 2026-05-30),
   * `internal_or_test_user_hostname` (2026-01-30), `detect_google_search_app` and `split_storage` (2026-05-30),
   * `disable_capture_url_hashes` (2026-06-25) and `cookieWinsOnConflict` (2026-08-29). Default `'unset'`.
   */
  defaults?: string

  /** For whom PostHog builds person profiles. Default `'identified_only'`. */
  person_profiles?: 'always' | 'identified_only' | 'never'
  /** Ids and flags to begin with. A user's id is identified by; an anonymous one replaces the stored one. */
  bootstrap?: Bootstrap
  /**
   * The name of a cookie in which the app's server says who the visitor is. Its value is identified by at init. Default
   * none.
   */
  identity_cookie?: string
  /** Makes an anonymous visitor's id from the uuid that it is given. */
  get_device_id?: (uuid: string) => string
  /** Do not tell PostHog that the anonymous visitor became the user, for apps whose anonymous id is many people's. Default false. */
  reuseAnonymousId?: boolean
  /** The host name of the team's own visits, exact or a pattern: whoever visits it becomes a test user. `null` is none. */
  internal_or_test_user_hostname?: string | RegExp | null
  /**
   * Let the app's own servers know the visitor: `fetch` and `XMLHttpRequest` send `X-POSTHOG-DISTINCT-ID`,
   * `X-POSTHOG-SESSION-ID` and `X-POSTHOG-WINDOW-ID` to these hosts, or, with `true`, to the page's own origin. Default
   * off.
   */
  tracing_headers?: boolean | string[]

  /**
   * Where the identity is stored. Default `'localStorage+cookie'`. In the content script of a browser extension it is `'memory'`,
   * whatever is said here: the cookies and the storage are the page's.
   */
  persistence?: 'localStorage+cookie' | 'localStorage' | 'cookie' | 'sessionStorage' | 'memory'
  /** What the stored entries are called, after `ph_`. Default: the token, before `_posthog`. */
  persistence_name?: string
  /** Store nothing, and remove what is stored. Default false. */
  disable_persistence?: boolean
  /** Registered properties to keep in the cookie as well. Default none. */
  cookie_persisted_properties?: string[]
  /** Whether the cookie is believed rather than localStorage where they differ, so that subdomains agree. Default false. */
  cookieWinsOnConflict?: boolean
  /** Whether subdomains share the cookie. Default true, but on hosts such as vercel.app. */
  cross_subdomain_cookie?: boolean
  /** How long the identity is remembered, in days. Default 365. */
  cookie_expiration?: number
  /** Whether the cookie is sent over https only. Default: whether the page is served over https. */
  secure_cookie?: boolean
  /** Without effect: hoglet stores once at the end of each task. */
  persistence_save_debounce_ms?: number
  /**
   * Store flags in an entry of localStorage of their own, so that the rest is smaller. Default false, and true with `defaults`
   * of 2026-05-30 or later.
   */
  split_storage?: boolean

  /** How long a session may rest, in seconds. 60 to 36,000, default 1,800. */
  session_idle_timeout_seconds?: number

  /** Where flags are asked for, if not at `api_host`. Default none. */
  flags_api_host?: string | null
  /** Ask the server for nothing by itself, flags included; those that are bootstrapped or stored are answered. Default false. */
  advanced_disable_flags?: boolean
  /** @deprecated Use `advanced_disable_flags`. */
  advanced_disable_decide?: boolean
  /** Never ask for flags, not even by {@link Hoglet.reloadFeatureFlags}; those that are bootstrapped or stored are answered. Default false. */
  advanced_disable_feature_flags?: boolean
  /** Do not ask for flags when the page begins, but when something changes. Default false. */
  advanced_disable_feature_flags_on_first_load?: boolean
  /** Ask only for those flags that surveys are shown by. Default false. */
  advanced_only_evaluate_survey_feature_flags?: boolean
  /** Tell of a flag's value once a session, rather than once. Default false. */
  advanced_feature_flags_dedup_per_session?: boolean
  /** How long a request for flags may take, in milliseconds. Default 3,000. */
  feature_flag_request_timeout_ms?: number
  /** How often a request for flags is tried again after a timeout, 502 or 504. Default 1. */
  feature_flag_request_max_retries?: number
  /** How long stored flags are answered, in milliseconds after they were evaluated. Default 0: until others come. */
  feature_flag_cache_ttl_ms?: number
  /**
   * How often flags are asked for again, in milliseconds, while the page is visible; what is due while it is hidden is done when
   * it is seen again. 0 and less is never. Default 300,000, and then twice as long after each time in which the visitor did
   * nothing, up to an hour; a number of the app's own is kept to.
   */
  remote_config_refresh_interval_ms?: number
  /** Another name of `remote_config_refresh_interval_ms`. */
  remote_config_refresh_interval?: number
  /** Only flags that have one of these contexts, or none, are evaluated. Default all. */
  evaluation_contexts?: readonly string[]
  /** @deprecated Use `evaluation_contexts`. */
  evaluation_environments?: readonly string[]
  /** The only flags to evaluate. Default all. */
  flag_keys?: readonly string[]

  /** Capture nothing before {@link Hoglet.opt_in_capturing}. Default false. */
  opt_out_capturing_by_default?: boolean
  /** Store nothing while opted out. Default: what is the case; only `false` together with `opt_out_capturing_by_default` lets an undecided visitor's identity be stored. */
  opt_out_persistence_by_default?: boolean
  /** Where the visitor's choice is stored. Default `'localStorage'`. */
  opt_out_capturing_persistence_type?: 'localStorage' | 'cookie'
  /** The name under which the choice is stored. Default `__ph_opt_in_out_` and the token. */
  consent_persistence_name?: string | null
  /** What stands before the token in that name. Older than `consent_persistence_name`. */
  opt_out_capturing_cookie_prefix?: string | null
  /** Take a browser's Do Not Track or Global Privacy Control for a refusal. Default false. */
  respect_dnt?: boolean
  /** Do without any id: always, or for those who refuse. Default off. */
  cookieless_mode?: 'always' | 'on_reject'

  /** Note where visitors come from. Default true. */
  save_referrer?: boolean
  /** Note campaign parameters of the page's address. Default true. */
  save_campaign_params?: boolean
  /** Parameters to note besides the usual ones. Default none. */
  custom_campaign_params?: string[]
  /** Replace personal values in addresses, such as click ids, by `<masked>`. Default false. */
  mask_personal_data_properties?: boolean
  /** Parameters to mask besides the usual ones. Default none. */
  custom_personal_data_properties?: string[]
  /** Leave out what follows `#` in addresses. Default false. */
  disable_capture_url_hashes?: boolean

  /**
   * Capture pageviews. Default `true`.
   * - `true`: the page's first
   * - `'history_change'`: each page of an app with a router as well, by its path
   * - an object: the parts of the address that tell pages apart
   * - `false`: none; the app may capture `$pageview` itself
   */
  capture_pageview?: boolean | 'history_change' | PageviewParts
  /** Capture that a page is left, and what was seen of it. Default `'if_capture_pageview'`. */
  capture_pageleave?: boolean | 'if_capture_pageview'
  /** Do not tell how far down pages were scrolled. Default false. */
  disable_scroll_properties?: boolean
  /** What is scrolled, where that is not the page itself: a selector, or several, of which the first found counts. */
  scroll_root_selector?: string | string[]
  /** Capture clicks, changes and submissions. Default true. */
  autocapture?: boolean | AutocaptureSettings
  /** Leave out texts of elements. Default false. */
  mask_all_text?: boolean
  /** Leave out attributes of elements. Default false. */
  mask_all_element_attributes?: boolean
  /** Capture clicks that follow one another in a rage. Default true. */
  rageclick?: boolean | RageclickSettings
  /** Capture clicks that nothing comes of. Default false. */
  capture_dead_clicks?: boolean | DeadClickSettings
  /** Capture where visitors click and move. Default false. `enable_heatmaps` is its older name. */
  capture_heatmaps?: boolean | { flush_interval_milliseconds?: number }
  /** @deprecated Use `capture_heatmaps`. */
  enable_heatmaps?: boolean
  /** Capture web vitals: LCP, CLS, FCP and INP. Default false. */
  capture_performance?: boolean | PerformanceSettings
  /** Capture errors and rejections that nobody handles. Default false. */
  capture_exceptions?: boolean | ExceptionSettings
  /** How exceptions are told. */
  error_tracking?: ErrorTrackingSettings
  /** Capture what visitors do with audio and video. Default false. */
  capture_media?: boolean
  /** Capture clicks on links to other hosts as `$outbound_click`. Default false. */
  capture_outbound_clicks?: boolean
  /** Capture clicks on links to files as `$download_click`. Default false. */
  capture_download_clicks?: boolean
  /**
   * Replace what is personal, such as e-mail addresses, card numbers, tokens and national ids, by `<redacted:…>`, before
   * anything is stored. Default `{ urls: true, text: true, properties: false }`; `false` is none of it.
   */
  redact?: boolean | RedactSettings
  /** What `autocapture.url_allowlist` and `url_ignorelist` are compared with, given the page's address. */
  get_current_url?: (url: string) => string

  /** Count bots, and say `$browser_type` in each event. Default false: nothing is captured of them. */
  opt_out_useragent_filter?: boolean
  /** Texts in user agents that are not counted either, in any case. Default none. */
  custom_blocked_useragents?: string[]
  /** Capture pageviews of bots, as `$bot_pageview`. Default false. */
  __preview_capture_bot_pageviews?: boolean
  /** Take Google's search app for a browser of its own, `Google Search App`, rather than for the one that it is made of. Default false. */
  detect_google_search_app?: boolean
  /** Do not ask the browser for the device's model, which events tell as `$device_model` where it is known. Default false. */
  disableDeviceModel?: boolean

  /** Properties that no event carries. Default none. */
  property_denylist?: string[]
  /** Sees every event before it is sent, and may change or drop it: one function, or several in order. */
  before_send?: BeforeSend | BeforeSend[]
  /** @deprecated Use `before_send`. Gets an event's properties and its name, and gives the properties back. */
  sanitize_properties?: ((properties: Properties, event: string) => Properties) | null
  /** @deprecated Use `on('eventCaptured', …)`. */
  _onCapture?: (event: string, captured: CaptureResult) => void

  /** Called with the client at once: with the lazy entry before the core is there, for which {@link LazyHoglet.ready} waits. */
  loaded?: (hoglet: Hoglet) => void
  /** Settings of posthog-js that hoglet does not know are kept in {@link Hoglet.config} and have no effect. */
  [setting: string]: unknown
}

/** Which parts of an address tell pages apart. */
export interface PageviewParts {
  path?: boolean
  search?: boolean
  /** For apps whose router lives behind the `#`. */
  hash?: boolean
}

/** Which elements are captured, and how. */
export interface AutocaptureSettings {
  /** Addresses of pages on which elements are captured. Default all. */
  url_allowlist?: (string | RegExp)[]
  /** Addresses of pages on which none are. */
  url_ignorelist?: (string | RegExp)[]
  /** Default all three. */
  dom_event_allowlist?: ('click' | 'change' | 'submit')[]
  /** Tags, one of which the element or one around it has to have. */
  element_allowlist?: string[]
  /** Selectors, one of which has to match the element or one around it. */
  css_selector_allowlist?: string[]
  /** Selectors, none of which may. Default `['.ph-no-autocapture', '[data-ph-no-autocapture]']`. */
  css_selector_ignorelist?: string[]
  /** Attributes that are not told. */
  element_attribute_ignorelist?: string[]
  /** Capture what is copied, cut and pasted, as `$copy_autocapture`. Default false. */
  capture_copied_text?: boolean
  /** Fields whose values are told, but for secret ones. Default `['[data-ph-capture-value]']`. */
  capture_value_css_selector_allowlist?: string[]
}

/** When clicks are a rage. */
export interface RageclickSettings {
  /** How many. 2 to 100, default 3. */
  click_count?: number
  /** The longest time between two of them, in milliseconds. 1 to 60,000, default 1,000. */
  timeout_ms?: number
  /** The longest way between two of them, in CSS pixels. 1 to 10,000, default 30. */
  threshold_px?: number
  /** Selectors of elements on which no rage is captured. Default `['.ph-no-rageclick', '.ph-no-capture']`. */
  css_selector_ignorelist?: string[]
  /** Words in an element's text on which none is: `true` for those of paging. Default false. */
  content_ignorelist?: boolean | string[]
  /** Do not take selecting text in a field for a rage. Default false. */
  ignore_text_selection?: boolean
}

/** When a click is dead. */
export interface DeadClickSettings {
  /** How late scrolling is no answer any more, in milliseconds. Default 100. */
  scroll_threshold_ms?: number
  /** How late a selection is none, in milliseconds. Default 100. */
  selection_change_threshold_ms?: number
  /** How late a change of the page is none, in milliseconds. Default 2,500. */
  mutation_threshold_ms?: number
  /** Selectors of elements that are not looked at. Default `['.ph-no-deadclick', '.ph-no-capture']`. */
  css_selector_ignorelist?: string[]
  [setting: string]: unknown
}

/** Which measurements are captured. */
export interface PerformanceSettings {
  /** Whether web vitals are. */
  web_vitals?: boolean
  /** Which. Default all four. */
  web_vitals_allowed_metrics?: ('LCP' | 'CLS' | 'FCP' | 'INP')[]
  /** How long a metric waits for the others, in milliseconds. Default 5,000. */
  web_vitals_delayed_flush_ms?: number
  [setting: string]: unknown
}

/** Which exceptions are captured; what is not named is not. */
export interface ExceptionSettings {
  capture_unhandled_errors?: boolean
  capture_unhandled_rejections?: boolean
  /** What is written with `console.error`. */
  capture_console_errors?: boolean
}

/** How exceptions are told. */
export interface ErrorTrackingSettings {
  /** Capture those of browser extensions too. Default false. */
  captureExtensionExceptions?: boolean
  /** What {@link Hoglet.addExceptionStep} keeps: on by default, up to 32,768 bytes. */
  exception_steps?: { enabled?: boolean; max_bytes?: number }
  [setting: string]: unknown
}

/** Where personal data is replaced. */
export interface RedactSettings {
  /** In addresses: of pages, referrers and links. Parameters of campaigns stay. Default true. */
  urls?: boolean
  /** In texts and attributes of the page, its title, and messages of exceptions. Default true. */
  text?: boolean
  /** In properties that the app gives, but not in those of the person. Default false. */
  properties?: boolean
  /** Patterns of the app's own, looked for in all that events hold; what they match becomes `<redacted:custom>`. */
  custom?: RegExp[]
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
  /** Properties to remove from the person. */
  $unset?: string[]
  /** Do not wait for company. */
  send_instantly?: boolean
}

/** An event as `before_send` gets it. */
export interface CapturedEvent {
  /** Another one is taken if it is a uuid. */
  uuid: string
  event: string
  properties: Properties
  $set?: Properties
  $set_once?: Properties
  $unset?: string[]
  timestamp: Date
}

/**
 * An event that was taken. All but `uuid` and `event` is read when somebody looks: `JSON.stringify` shows it, a copy with
 * `{ ...result }` does not.
 */
export interface CaptureResult {
  readonly uuid: string
  readonly event: string
  readonly timestamp: Date
  readonly properties: Properties
  readonly $set?: Properties | undefined
  readonly $set_once?: Properties | undefined
  readonly $unset?: string[] | undefined
}

/** Why another session began. */
export interface SessionChange {
  /** There was none. */
  noSessionId: boolean
  /** The visitor rested too long. */
  activityTimeout: boolean
  /** It had lasted 24 hours. */
  sessionPastMaximumLength: boolean
  /** Another tab had begun it. */
  crossTabAdoption: boolean
}

/** `change` is missing when the listener is told which session there is already. */
export type SessionListener = (sessionId: string, windowId: string, change?: SessionChange) => void

/** What {@link Hoglet.reset} may do besides. */
export interface ResetOptions {
  /** Forget the device too. */
  resetDeviceID?: boolean
  /** Ids of whoever comes next. */
  bootstrap?: Bootstrap
}

/** The event that goes with {@link Hoglet.opt_in_capturing}, if the visitor had not opted in already. */
export interface OptInOptions {
  /** Default `'$opt_in'`; `null` or `false` is none. */
  captureEventName?: string | null | false
  captureProperties?: Properties
}

/** What is stored of the visitor. */
export interface Persistence {
  /** A copy of it, internal entries included. */
  readonly props: Readonly<Record<string, any>>
  /** Whether nothing is stored, because of consent or settings. */
  isDisabled(): boolean
}

/** What came of delivering. */
export interface FlushResult {
  /** How many events the server has acknowledged. */
  sent: number
  /** How many events still wait. */
  remaining: number
}

/** The visitor's session. */
export interface SessionManager {
  checkAndGetSessionAndWindowId(): {
    sessionId: string
    windowId: string
    /** In milliseconds since the epoch. */
    sessionStartTimestamp: number
    /** In milliseconds since the epoch. */
    lastActivityTimestamp: number
  }
  onSessionId(listener: SessionListener): () => void
}

/** posthog-js's older words for {@link Hoglet.setPersonProperties}. */
export interface People {
  set(properties: Properties): void
  set(property: string, value: Property, callback?: (response: object) => void): void
  set_once(properties: Properties): void
  set_once(property: string, value: Property, callback?: (response: object) => void): void
}

/** How a flag is read. */
export interface FeatureFlagOptions {
  /** Whether it is captured as `$feature_flag_called` that the flag was read, once a value. Default true. */
  send_event?: boolean
  /** Whether only what the server has said on this page counts, and what is stored does not. Default false. */
  fresh?: boolean
}

/** How {@link Hoglet.isFeatureEnabled} answers. */
export interface IsFeatureEnabledOptions extends FeatureFlagOptions {
  /** The answer for a flag without a value: an unknown one, or any before flags are known. Default undefined. */
  defaultValue?: boolean
}

/** A flag that has a value. */
export interface FeatureFlagResult {
  readonly key: string
  /** Whether it is on for the visitor. */
  readonly enabled: boolean
  /** Undefined if it has no variants, or is off. */
  readonly variant: string | undefined
  /** Undefined if it has none. A payload that is no JSON is handed over as a text. */
  readonly payload: JsonType | undefined
}

/**
 * Is told the flags that are on: their keys, and their values, which are `true` or the name of a variant. `errorsLoading` is
 * whether the last request failed; `source` where the values are from: the server on this page, what was stored, `bootstrap`, or
 * {@link Hoglet.updateFlags}; empty if there are none.
 */
export type FeatureFlagsCallback = (
  flags: string[],
  variants: Record<string, string | boolean>,
  context?: { errorsLoading?: boolean; source?: 'server' | 'cache' | 'bootstrap' | 'local' | '' },
) => void

/** What came of asking for flags: answered; failed or refused; nothing was to be asked; given up because of `reset` or `shutdown`. */
export interface FeatureFlagsReloadResult {
  status: 'loaded' | 'error' | 'skipped' | 'cancelled'
}

/** Why a flag has its value. */
export interface EvaluationReason {
  code: string
  condition_index?: number | undefined
  description?: string | undefined
}

/** What the server tells of a flag. */
export interface FeatureFlagMetadata {
  id: number
  version?: number | undefined
  description?: string | undefined
  payload?: JsonType
  has_experiment?: boolean
  /** The server's, if the payload is overridden. */
  original_payload?: JsonType
}

/** All that is known of a flag. What the server has not told is missing. */
export interface FeatureFlagDetail {
  key: string
  enabled: boolean
  variant?: string | undefined
  reason?: EvaluationReason | undefined
  metadata?: FeatureFlagMetadata | undefined
  failed?: boolean
  /** The server's, if the value is overridden. */
  original_enabled?: boolean | undefined
  original_variant?: string | undefined
}

/** How far a feature is. */
export type EarlyAccessFeatureStage = 'concept' | 'alpha' | 'beta' | 'general-availability'

/** A feature that visitors can enroll in before everybody has it. */
export interface EarlyAccessFeature {
  name: string
  description: string
  stage: 'concept' | 'alpha' | 'beta'
  documentationUrl: string | null
  imageUrl?: string | null
  payload: JsonType
  /** The flag that is on for those who are enrolled. */
  flagKey: string | null
}

export type EarlyAccessFeatureCallback = (earlyAccessFeatures: EarlyAccessFeature[]) => void
export type RemoteConfigFeatureFlagCallback = (payload: JsonType) => void

/** Values of flags by their keys. */
export type FeatureFlagOverrides = { [flagName: string]: string | boolean }
/** Payloads of flags by their keys. */
export type FeatureFlagPayloadOverrides = { [flagName: string]: JsonType }
/** What is overridden; a part that is `false` is not any more, and one that is missing stays as it is. */
export interface FeatureFlagOverrideOptions {
  flags?: boolean | string[] | FeatureFlagOverrides
  payloads?: FeatureFlagPayloadOverrides | false
  /** Whether `debug` does not remind of it in the console. Default false. */
  suppressWarning?: boolean
}
/** `false` ends overriding; a list has flags that are on; an object has values, or `flags` and `payloads`. */
export type OverrideFeatureFlagsOptions = boolean | string[] | FeatureFlagOverrides | FeatureFlagOverrideOptions

/**
 * The visitor's flags. Reading asks nobody: what is answered is what is known, from `bootstrap`, from the server, or from an
 * earlier visit. Without a value a flag is undefined, which is the answer before anything is known, before the core is there,
 * and for flags that are unknown or inactive.
 */
export interface FlagMethods {
  /** Whether a flag is on, in whatever variant. */
  isFeatureEnabled(key: string, options: IsFeatureEnabledOptions & { defaultValue: boolean }): boolean
  isFeatureEnabled(key: string, options?: IsFeatureEnabledOptions): boolean | undefined
  /** A flag's value: the name of its variant, or whether it is on. */
  getFeatureFlag(key: string, options?: FeatureFlagOptions): boolean | string | undefined
  /** A flag's value and its payload. */
  getFeatureFlagResult(key: string, options?: FeatureFlagOptions): FeatureFlagResult | undefined
  /**
   * A flag's payload. It is not captured that the flag was read.
   * @deprecated Use {@link getFeatureFlagResult}.
   */
  getFeatureFlagPayload(key: string): JsonType
  /** All flags that have a value, those that are off too. */
  getAllFeatureFlags(): FeatureFlagResult[]
  /**
   * Calls the listener with the flags that are on: at once if anything is known, stored flags included, and then whenever values or
   * payloads have become others, and never twice with the same. If nothing is known and the server fails, it is called with
   * nothing. Before the core is there the listener waits for it. Returns what ends it.
   */
  onFeatureFlags(listener: FeatureFlagsCallback): () => void
  /**
   * Waits for flags of this page: of the server, of `bootstrap` or of {@link updateFlags}. Resolves to whether there are any; to
   * false after `timeout` milliseconds, 1,000 by default, when the server fails, and without {@link Hoglet.init}. Never rejects.
   * Brings the core, if it is not there.
   */
  flagsReady(timeout?: number): Promise<boolean>
  /** Asks the server for the flags. Several calls within 5 milliseconds, or while it is being asked, are one. */
  reloadFeatureFlags(): void
  /** Gives flags their values without the server, until it answers. They replace the others, or with `merge` join them. */
  updateFlags(
    flags: Record<string, boolean | string>,
    payloads?: Record<string, JsonType>,
    options?: { merge?: boolean },
  ): void
  /**
   * Has flags be evaluated with properties of the person that PostHog may not know yet. `$set_once` has those that are taken
   * unless they are known here. No event is captured. Unless `reload` is false, the server is asked.
   */
  setPersonPropertiesForFlags(
    properties: Properties | { $set?: Properties; $set_once?: Properties },
    reload?: boolean,
  ): void
  /** Forgets what {@link setPersonPropertiesForFlags} and events have set. Unless `reload` is false, the server is asked. */
  resetPersonPropertiesForFlags(reload?: boolean): void
  /** The same for groups, by their types. */
  setGroupPropertiesForFlags(properties: { [type: string]: Properties }, reload?: boolean): void
  /** Forgets them for groups of that type, or of all. The server is not asked. */
  resetGroupPropertiesForFlags(type?: string): void
  /**
   * Calls back with the features that visitors can enroll in, as they were stored, or, if there are none or with `force`, as the
   * server tells them, of those stages or of all. If it does not, nothing is called; `debug` says why.
   */
  getEarlyAccessFeatures(
    callback: EarlyAccessFeatureCallback,
    force?: boolean,
    stages?: EarlyAccessFeatureStage[],
  ): void
  /** Enrolls the visitor in a feature, or ends that: the flag changes at once, and the person's property with it. */
  updateEarlyAccessFeatureEnrollment(key: string, isEnrolled: boolean, stage?: EarlyAccessFeatureStage): void
}

/** {@link Hoglet.featureFlags}: what the client can do with flags, and what is rarely needed. */
export interface FeatureFlags extends FlagMethods {
  /** Whether there was an answer, a failure, `bootstrap` or {@link updateFlags} on this page. */
  readonly hasLoadedFlags: boolean
  /** The keys of all flags that have a value. */
  getFlags(): string[]
  /** Their values. */
  getFlagVariants(): Record<string, boolean | string>
  /** Their payloads as they are stored: those of the server are JSON texts. */
  getFlagPayloads(): Record<string, JsonType>
  /** What the server has told of them; nothing of those that are bootstrapped. */
  getFlagsWithDetails(): Record<string, FeatureFlagDetail>
  getFeatureFlagDetails(key: string): FeatureFlagDetail | undefined
  /** Asks the server for the flags. Resolves to what came of it; never rejects. Brings the core, if it is not there. */
  reloadFeatureFlagsAsync(): Promise<FeatureFlagsReloadResult>
  /** Overrides what the server says, for this browser, on later visits too: for trying things. `false` ends it. */
  overrideFeatureFlags(options: OverrideFeatureFlagsOptions): void
  /** @deprecated Use {@link overrideFeatureFlags}. */
  override(flags: boolean | string[] | Record<string, string | boolean>, suppressWarning?: boolean): void
  /** Asks the server for a payload, whoever the visitor is. If it fails, nothing is called; `debug` says why. */
  getRemoteConfigPayload(key: string, callback: RemoteConfigFeatureFlagCallback): void
}

/** An analytics client. No method throws; what goes wrong is said in the console. */
export interface Hoglet extends FlagMethods {
  /**
   * Starts the client for a project. On a server it does nothing.
   *
   * With a name it starts another client beside the first, for a second project: `hoglet.init(token, config, 'shop')`
   * returns it, and so does `hoglet.shop` from then on.
   */
  init(token: string, config?: Config, name?: string): Hoglet
  /** Captures an event. Returns nothing if it was refused or dropped. Before the core is there, the result has what was passed, and the uuid and the time that the core keeps. */
  capture(event: string, properties?: Properties | null, options?: CaptureOptions): CaptureResult | undefined

  /** Says who the visitor is: what was captured before becomes this person's. */
  identify(id: string, set?: Properties, setOnce?: Properties): void
  /**
   * Says that the person has another id as well. `original` is the present id by default.
   *
   * Returns the event; -1 if both are the same, when it identifies by it; -2 if the id is a person's own already.
   */
  alias(alias: string, original?: string): CaptureResult | -1 | -2 | undefined
  /** Sets properties on the person; those of `setOnce` unless they are set. The same call twice in a row is one. */
  setPersonProperties(set?: Properties | null, setOnce?: Properties): void
  /** Removes properties from the person. */
  unsetPersonProperties(names: string | string[]): void
  /** Has PostHog build a person's profile for an anonymous visitor. */
  createPersonProfile(): void
  /** Marks the person as one of the team's own. */
  setInternalOrTestUser(): void
  readonly people: People
  /** Says that the visitor belongs to a group, such as a company, and sets properties on it. */
  group(type: string, key: string, properties?: Properties): void
  /** The groups that the visitor belongs to. */
  getGroups(): Record<string, string>
  /** The visitor belongs to no group any more. */
  resetGroups(): void
  /** Forgets the person, for instance at logout; with `true` the device too. The visitor's consent stays. */
  reset(options?: boolean | ResetOptions): void

  /** Sets properties that go with every event from now on, on later visits too; `days` is how long, 365 by default. */
  register(properties: Properties, days?: number): void
  /** The same for those that are not set, or have the value `unless`, which is `'None'` by default. */
  register_once(properties: Properties, unless?: unknown, days?: number): void
  /** The same for as long as the session lasts, in this tab. */
  register_for_session(properties: Properties): void
  /** Ends what {@link register} began. */
  unregister(name: string): void
  /** Ends what {@link register_for_session} began. */
  unregister_for_session(name: string): void
  /** A property that is registered or otherwise stored. */
  get_property(name: string): any
  /** A property that is stored for this tab's session. */
  getSessionProperty(name: string): any

  /** The id that events carry now. Before the core is there, nothing if the visitor has refused or only the core can tell. */
  get_distinct_id(): string | undefined
  /** The session's id; empty without one, and before the core is there. */
  get_session_id(): string
  /** Where PostHog shows the session, at this moment less ten seconds if asked for. */
  get_session_replay_url(options?: { withTimestamp?: boolean; timestampLookBack?: number }): string
  /** The id of the present pageview's event; nothing before the first, and before the core is there. */
  getPageViewId(): string | undefined
  /** Calls the listener with the session, at once if there is one, and whenever another begins. Returns what ends it. */
  onSessionId(listener: SessionListener): () => void
  /** Calls the listener with every event that was taken. Returns what ends it. */
  on(event: 'eventCaptured', listener: (event: CaptureResult) => void): () => void
  /** Calls the listener, with `true`, when flags are about to be asked for. */
  on(event: 'featureFlagsReloading', listener: (isReloading: boolean) => void): () => void
  /** Calls the listener when the server has acknowledged events, with their number. */
  on(event: 'delivered', listener: (count: number) => void): () => void
  /** Calls the listener when events are given up, with their number and the reason. */
  on(event: 'dropped', listener: (count: number, reason: string) => void): () => void
  /** Calls the listener when events could not be sent, with their number and the milliseconds until they are tried again. */
  on(event: 'retrying', listener: (count: number, wait: number) => void): () => void
  on(event: '*', listener: (event: string, ...payload: any[]) => void): () => void
  on(event: string, listener: (...payload: any[]) => void): () => void

  /** The visitor consents: events are captured and stored from now on. */
  opt_in_capturing(options?: OptInOptions): void
  /** The visitor refuses: nothing is captured or stored any more, and what waits is gone. */
  opt_out_capturing(): void
  /** Forgets the visitor's choice. */
  clear_opt_in_out_capturing(): void
  has_opted_in_capturing(): boolean
  has_opted_out_capturing(): boolean
  /** What the visitor chose, whatever the settings say. */
  get_explicit_consent_status(): 'granted' | 'denied' | 'pending'
  /** Whether events are captured. */
  is_capturing(): boolean

  /** The properties that an event would have, captured now. Nothing is sent. */
  calculateEventProperties(event: string, properties?: Properties): Properties
  /** Captures an exception, whatever it is. Returns its event, or nothing if it was not taken. */
  captureException(error: unknown, properties?: Properties): CaptureResult | undefined
  /** Notes what has happened: the next exception tells it. */
  addExceptionStep(message: string, properties?: Properties): void
  /** Captures unhandled errors and rejections from now on, or those that the settings name. */
  startExceptionAutocapture(settings?: ExceptionSettings): void
  /** Captures them no more. */
  stopExceptionAutocapture(): void
  /** Captures what a user says of a trace of an AI application. */
  captureTraceFeedback(traceId: string | number, text: string): void
  /** Captures a measurement of such a trace. */
  captureTraceMetric(traceId: string | number, name: string, value: string | number | boolean): void

  /** Changes settings. */
  set_config(config: Config): void
  /** Says in the console what is being done, on later pages too, or stops saying it. */
  debug(on?: boolean): void
  /** Sends what waits, now. Resolves when all of it has been tried once; never rejects. */
  flush(): Promise<FlushResult>
  /**
   * Ends: every listener and wrapper is gone at once. What waits is tried once more, for `timeout` milliseconds at most,
   * 2,000 by default; what is not delivered by then is kept for the next page. Never rejects.
   */
  shutdown(timeout?: number): Promise<FlushResult>

  /** The present settings. */
  readonly config: Config & { token?: string; name?: string }
  /** Whether the core is there. */
  readonly __loaded: boolean
  /** hoglet's version; nothing before the core is there. */
  readonly version: string | undefined
  /** All that can be done with flags. */
  readonly featureFlags: FeatureFlags
  /** The same. */
  readonly feature_flags: FeatureFlags
  /** The same as {@link FeatureFlags.hasLoadedFlags}; false before the core is there. */
  readonly flagsEndpointWasHit: boolean
  /** @deprecated Use `flagsEndpointWasHit`. */
  readonly decideEndpointWasHit: boolean
  /** What is stored of the visitor; nothing before the core is there. */
  readonly persistence: Persistence | undefined
  /** What is stored for this tab's session; nothing before the core is there. */
  readonly sessionPersistence: Persistence | undefined
  /** The session; nothing without one, and before the core is there. */
  readonly sessionManager: SessionManager | undefined
  /** The events that are not delivered yet. */
  readonly _events_queue: readonly Record<string, unknown>[]
  /** `'posthog'`, or `'posthog.'` and the name. */
  toString(): string
}

/** The client of the entry `hoglet`, which fetches its core when it is time. */
export interface LazyHoglet extends Hoglet {
  init(token: string, config?: Config, name?: string): LazyHoglet
  /** Fetches the core now. Resolves when everything asked for before has been done, or when it cannot be fetched. Never rejects. */
  load(): Promise<void>
  /** Resolves when the core is there and everything asked for before has been done, whoever has fetched it. Never rejects. */
  readonly ready: Promise<void>
}

declare const hoglet: LazyHoglet
export default hoglet
