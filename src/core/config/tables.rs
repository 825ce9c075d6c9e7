//! The settings with their defaults, one table a type.
//!
//! A row costs little more than its name, where a field with code of its own costs 60 bytes of what the visitor downloads.
//!
//! A name with a dot is a part of a setting that is an object or one of several things for the app; the package's JavaScript
//! takes it apart (`page-settings.js`), and the app sees its own value again.

/// A setting that is a text.
#[derive(Clone, Copy, Debug)]
pub enum Text {
    /// Where events go: an origin, or a path of the app's own origin behind a reverse proxy. No slash at the end.
    ApiHost,
    /// The path of the event endpoint on that host, with its slashes.
    Endpoint,
    /// What `$lib` says.
    Library,
    /// What stands in the names of stored entries instead of the token; empty for the token.
    PersistenceName,
    /// The name of the stored consent; empty for the usual one.
    ConsentName,
    /// What stands before the token in the name of the stored consent (deprecated in posthog-js).
    ConsentPrefix,
    /// The cookie by which the app's server says who the visitor is; empty for none.
    IdentityCookie,
    /// The date whose defaults apply, for `$config_defaults`.
    Defaults,
    /// Where feature flags are asked for, if not where events go.
    FlagsHost,
    /// What the core runs on, as the package's JavaScript says it: WebAssembly or JavaScript in its place.
    Engine,
}

pub(super) const TEXTS: [(&str, &str); 10] = [
    ("api_host", "https://us.i.posthog.com"),
    ("endpoint", "/e/"),
    ("lib", "hoglet"),
    ("persistence_name", ""),
    ("consent_persistence_name", ""),
    ("opt_out_capturing_cookie_prefix", ""),
    ("identity_cookie", ""),
    ("defaults", "unset"),
    ("flags_api_host", ""),
    ("engine.running", "wasm"),
];

/// A setting that is a whole number.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// How many waiting events cause a request; also the most that one request carries. 1 to 1,000.
    BatchSize,
    /// How long an event waits for company, in milliseconds. 1 to 60,000.
    BatchInterval,
    /// How long the stored identity lasts, in days. 0 keeps the cookie for the browser's session only.
    CookieExpiration,
    /// How long a session may rest before the next event begins another, in seconds. 60 to 36,000.
    SessionIdleTimeout,
    /// The longest string that an event's properties may hold, in UTF-16 code units; longer ones are cut.
    MaxStringLength,
    /// The bytes of localStorage that waiting events may take, those of all tabs together.
    OutboxLocalBytes,
    /// The bytes of IndexedDB that waiting events may take.
    OutboxArchiveBytes,
    /// How long an event waits for its delivery before it is given up, in days.
    OutboxDays,
    /// How many clicks in a row are a rage.
    RageClicks,
    /// The longest time between two of them, in milliseconds.
    RageMillis,
    /// The longest way between two of them, in CSS pixels.
    RagePixels,
    /// How long an answer to a request for feature flags is waited for, in milliseconds.
    FlagTimeout,
    /// How often such a request is made again after it has failed.
    FlagRetries,
    /// How long an answer holds, in milliseconds; 0 for ever.
    FlagTtl,
    /// After how long an open page asks again, in milliseconds; 0 for never.
    FlagInterval,
}

/// Name, least, most, default, what is expected.
pub(super) const NUMBERS: [(&str, u64, u64, u64, &str); 15] = [
    (
        "batch_size",
        1,
        1_000,
        100,
        "a number of events from 1 to 1,000",
    ),
    (
        "batch_interval",
        1,
        60_000,
        3_000,
        "milliseconds from 1 to 60,000",
    ),
    // A hundred years.
    ("cookie_expiration", 0, 36_500, 365, "days from 0 to 36,500"),
    (
        "session_idle_timeout_seconds",
        60,
        36_000,
        1_800,
        "seconds from 60 to 36,000",
    ),
    (
        "properties_string_max_length",
        0,
        1_000_000_000,
        65_535,
        "a number of UTF-16 code units",
    ),
    (
        "outbox_local_bytes",
        0,
        1_000_000,
        262_144,
        "bytes from 0 to 1,000,000",
    ),
    (
        "outbox_archive_bytes",
        0,
        1_000_000_000,
        25_000_000,
        "bytes from 0 to 1,000,000,000",
    ),
    ("outbox_days", 1, 365, 14, "days from 1 to 365"),
    (
        "rageclick.click_count",
        2,
        100,
        3,
        "a number of clicks from 2 to 100",
    ),
    (
        "rageclick.timeout_ms",
        1,
        60_000,
        1_000,
        "milliseconds from 1 to 60,000",
    ),
    (
        "rageclick.threshold_px",
        1,
        10_000,
        30,
        "pixels from 1 to 10,000",
    ),
    (
        "feature_flag_request_timeout_ms",
        1,
        600_000,
        3_000,
        "milliseconds from 1 to 600,000",
    ),
    (
        "feature_flag_request_max_retries",
        0,
        10,
        1,
        "a number of tries from 0 to 10",
    ),
    (
        "feature_flag_cache_ttl_ms",
        0,
        31_536_000_000,
        0,
        "milliseconds from 0 to a year",
    ),
    (
        "flag_refresh.interval_ms",
        0,
        86_400_000,
        300_000,
        "milliseconds from 0 to a day",
    ),
];

/// A setting that is true or false.
#[derive(Clone, Copy, Debug)]
pub enum Switch {
    /// Whether bodies go as they are rather than gzipped.
    DisableCompression,
    /// Whether the console says what is done.
    Debug,
    /// Whether the cookie is sent over https only.
    SecureCookie,
    /// Whether the cookie is for all subdomains of the site.
    CrossSubdomainCookie,
    /// Whether the cookie overrides localStorage, so that subdomains follow one another.
    CookieWins,
    /// Whether flags are stored in an entry of their own.
    SplitStorage,
    /// Whether nothing is kept beyond the page.
    DisablePersistence,
    /// Whether visitors who have not chosen count as having refused.
    OptedOutByDefault,
    /// Whether nothing is stored of visitors who have not chosen and count as having refused.
    UnstoredByDefault,
    /// Whether the browser's Do Not Track and Global Privacy Control count as a refusal.
    RespectDoNotTrack,
    /// Whether referrers are remembered.
    SaveReferrer,
    /// Whether campaign parameters are remembered.
    SaveCampaign,
    /// Whether personal parameters of addresses are masked.
    MaskPersonalData,
    /// Whether the fragment of addresses is left out.
    DisableHashes,
    /// Whether `$identify` leaves out the anonymous id.
    ReuseAnonymousId,
    /// Whether events are numbered, and counts of what was delivered are sent.
    DeliveryLedger,
    /// Whether Google's search app is told from the browser that it is made of.
    DetectSearchApp,
    /// Whether bots are counted.
    CountsBots,
    /// Whether bots' pageviews are counted, as `$bot_pageview`.
    CountsBotPageviews,
    /// Whether the page's first pageview is captured.
    Pageview,
    /// Whether pageviews follow the path of the address.
    PageviewPath,
    /// Whether they follow its query.
    PageviewSearch,
    /// Whether they follow its fragment.
    PageviewHash,
    /// Whether it is captured that a page is left.
    Pageleave,
    /// Whether it is not told how far down a page was scrolled.
    DisableScroll,
    /// Whether clicks, changes and submissions are captured.
    Autocapture,
    /// Whether what is copied, cut and pasted is.
    CapturesCopies,
    /// Whether texts of elements stay in the page.
    MaskText,
    /// Whether their attributes do.
    MaskAttributes,
    /// Whether rage clicks are captured.
    Rageclick,
    /// Whether clicks that select text in fields are no rage.
    RageIgnoresSelection,
    /// Whether clicks that turn pages are none.
    RageIgnoresPaging,
    /// Whether clicks on links to other hosts are events of their own.
    OutboundClicks,
    /// Whether clicks on links to files are.
    DownloadClicks,
    /// Whether what is personal is removed from addresses.
    RedactUrls,
    /// Whether it is removed from texts and attributes of the page.
    RedactText,
    /// Whether it is removed from the app's own properties.
    RedactProperties,
    /// Whether feature flags are never asked for.
    DisableFlags,
    /// The same; posthog-js 1.449.2 still asks for the rest of its remote config then.
    DisableFeatureFlags,
    /// Whether they are not asked for when the page begins.
    DisableFirstFlags,
    /// Whether only those that decide on surveys are asked for.
    OnlySurveyFlags,
    /// Whether the answer that the app got of a flag is told once a session rather than once a visitor.
    FlagCallsPerSession,
    /// Whether the app has chosen [`Number::FlagInterval`]; if not, it grows while the visitor does nothing.
    FlagIntervalGiven,
    /// Whether only the flags of [`List::FlagKeys`] are asked for.
    FlagKeysGiven,
    /// Whether the browser's stores are those of a page that is somebody else's: they are neither read nor written.
    ForeignStores,
}

pub(super) const SWITCHES: [(&str, bool); 45] = [
    ("disable_compression", false),
    ("debug", false),
    ("secure_cookie", false),
    ("cross_subdomain_cookie", true),
    ("cookieWinsOnConflict", false),
    ("split_storage", false),
    ("disable_persistence", false),
    ("opt_out_capturing_by_default", false),
    ("opt_out_persistence_by_default", true),
    ("respect_dnt", false),
    ("save_referrer", true),
    ("save_campaign_params", true),
    ("mask_personal_data_properties", false),
    ("disable_capture_url_hashes", false),
    ("reuseAnonymousId", false),
    ("delivery_ledger", false),
    ("detect_google_search_app", false),
    ("opt_out_useragent_filter", false),
    ("__preview_capture_bot_pageviews", false),
    ("capture_pageview.on", false),
    ("capture_pageview.path", false),
    ("capture_pageview.search", false),
    ("capture_pageview.hash", false),
    ("capture_pageleave.on", false),
    ("disable_scroll_properties", false),
    ("autocapture.on", false),
    ("autocapture.capture_copied_text", false),
    ("mask_all_text", false),
    ("mask_all_element_attributes", false),
    ("rageclick.on", false),
    ("rageclick.ignore_text_selection", false),
    ("rageclick.ignores_paging", false),
    ("capture_outbound_clicks", false),
    ("capture_download_clicks", false),
    ("redact.urls", true),
    ("redact.text", true),
    ("redact.properties", false),
    ("advanced_disable_flags", false),
    ("advanced_disable_feature_flags", false),
    ("advanced_disable_feature_flags_on_first_load", false),
    ("advanced_only_evaluate_survey_feature_flags", false),
    ("advanced_feature_flags_dedup_per_session", false),
    ("flag_refresh.fixed", false),
    ("flag_keys.given", false),
    ("persistence.is_foreign", false),
];

/// A setting that is a list of names.
#[derive(Clone, Copy, Debug)]
pub enum List {
    /// Properties that no event carries.
    PropertyDenylist,
    /// Parameters that are remembered of an address besides those of campaigns.
    CampaignParameters,
    /// Parameters that are masked besides those that are known to be personal.
    PersonalParameters,
    /// Properties that the cookie repeats besides the usual ones.
    CookieProperties,
    /// What stands in user agents that are not counted either.
    BlockedUserAgents,
    /// The events of elements that are captured; empty for all.
    CapturedEvents,
    /// The tags of elements that are captured; empty for all.
    CapturedElements,
    /// Attributes that stay in the page.
    IgnoredAttributes,
    /// Words on which nobody clicks in a rage.
    RageIgnores,
    /// The contexts in which flags are evaluated.
    EvaluationContexts,
    /// The flags that are asked for.
    FlagKeys,
}

pub(super) const LISTS: [&str; 11] = [
    "property_denylist",
    "custom_campaign_params",
    "custom_personal_data_properties",
    "cookie_persisted_properties",
    "custom_blocked_useragents",
    "autocapture.dom_event_allowlist",
    "autocapture.element_allowlist",
    "autocapture.element_attribute_ignorelist",
    "rageclick.content_ignorelist",
    "evaluation_contexts",
    "flag_keys.list",
];

/// Settings that are one of several words, whose first is the default.
pub(super) const CHOICES: [(&str, &[&str], &str); 4] = [
    (
        "person_profiles",
        &["identified_only", "always", "never"],
        "always, identified_only or never",
    ),
    (
        "persistence",
        &[
            "localStorage+cookie",
            "localStorage",
            "cookie",
            "sessionStorage",
            "memory",
        ],
        "localStorage+cookie, localStorage, cookie, sessionStorage or memory",
    ),
    (
        "cookieless_mode",
        &["", "always", "on_reject"],
        "always or on_reject",
    ),
    (
        "opt_out_capturing_persistence_type",
        &["localStorage", "cookie"],
        "localStorage or cookie",
    ),
];

#[derive(Clone, Copy)]
pub(super) enum Choice {
    PersonProfiles,
    Persistence,
    Cookieless,
    ConsentStore,
}
