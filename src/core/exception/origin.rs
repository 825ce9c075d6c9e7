//! Whose code a call is, and whose exceptions are none of the app's. The rules are those of posthog-js 1.449.2.

use super::super::text;
use super::entry::Entry;
use super::stack::Frame;

/// Schemes of files that may be the app's. A file without a scheme may be, too.
const APP_SCHEMES: [&str; 10] = [
    "http",
    "https",
    "file",
    "blob",
    "app",
    "capacitor",
    "ionic",
    "webpack",
    "webpack-internal",
    "ng",
];

/// How the files of a browser's extensions begin.
const EXTENSIONS: [&str; 4] = [
    "chrome-extension:",
    "moz-extension:",
    "safari-extension:",
    "safari-web-extension:",
];

/// How Safari calls files that it hides: those of extensions, but some of the page's own too.
const MASKED: &str = "webkit-masked-url:";

/// What only extensions say.
const EXTENSION_MESSAGES: [&str; 2] = [
    "isolatedAPI.contexts.topHostname",
    "No response from target",
];

/// What scripts look for that a browser on a phone adds to every page, under the page's own address.
const INJECTED_GLOBALS: [&str; 2] = ["__firefox__", "__gCrWeb"];

/// Files of analytics SDKs, this one and posthog-js. Within an app's own bundle they cannot be told from the app's.
const SDK_FILES: [&str; 4] = [
    "posthog.com/static",
    "/node_modules/hoglet/",
    "/deps/hoglet",
    "/hoglet@",
];

/// Whether a call may be one of the app's code. Where an engine tells no line it is the engine's own.
pub(super) fn is_in_app(frame: &Frame<'_>) -> bool {
    let scheme = text::before(frame.filename, ":");
    let has_scheme =
        scheme.len() > 1 && scheme.len() < frame.filename.len() && !text::contains(scheme, "/");
    let is_known = || {
        APP_SCHEMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
    };
    frame.line.is_some() && frame.filename != "<anonymous>" && (!has_scheme || is_known())
}

/// Why a chain of exceptions, each with its calls, is none of the app's; `None` if it may be.
pub(super) fn foreign(
    chain: &[(&Entry, Vec<Frame<'_>>)],
    keeps_extensions: bool,
) -> Option<&'static str> {
    let frames = || chain.iter().flat_map(|(_, frames)| frames);
    let starts = |frame: &Frame<'_>, mark: &&str| frame.filename.starts_with(*mark);
    let says = |marks: &[&str]| {
        chain
            .iter()
            .any(|(entry, _)| marks.iter().any(|mark| text::contains(&entry.value, mark)))
    };
    if !keeps_extensions {
        let is_extension = |frame| EXTENSIONS.iter().any(|mark| starts(frame, mark));
        // What Safari hides is an extension's only if something else says so.
        let is_masked = || {
            frames().any(|frame| starts(frame, &MASKED))
                && says(&EXTENSION_MESSAGES)
                && !frames().any(is_in_app)
        };
        if frames().any(is_extension) || is_masked() {
            return Some("a browser extension");
        }
        if says(&INJECTED_GLOBALS) {
            return Some("a script of the browser");
        }
    }
    let (_, frames) = chain.first()?;
    let filename = frames.first()?.filename;
    let is_sdk = SDK_FILES.iter().any(|mark| text::contains(filename, mark));
    is_sdk.then_some("an analytics SDK")
}
