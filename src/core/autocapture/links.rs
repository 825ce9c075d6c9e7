//! Links: where they lead, and the events of clicks that leave the site or fetch a file. posthog-js has no such events.
//!
//! | event | when | properties |
//! |---|---|---|
//! | `$outbound_click` | `capture_outbound_clicks`, and the link leads to another host by http(s) | `$external_click_url`, `$external_click_host`, `$el_text` |
//! | `$download_click` | `capture_download_clicks`, and the link has the attribute `download` or leads to a file of [`FILES`] | `$download_url` if it is http(s), `$download_extension` if there is one, `$el_text` |
//!
//! Addresses are absolute and filtered; the text is the link's own. What is not told in `$autocapture` is not told here.

use std::borrow::Cow;

use super::super::properties::Properties;
use super::super::{address, text};
use super::content;
use super::element::Element;
use super::{Filters, MAX_TEXT, Rules};

/// Extensions of files that browsers fetch rather than show, and of documents.
const FILES: [&str; 41] = [
    "7z", "aac", "apk", "avi", "bz2", "csv", "deb", "dmg", "doc", "docx", "epub", "exe", "flac",
    "gz", "ics", "iso", "jar", "key", "mov", "mp3", "mp4", "mpeg", "msi", "odp", "ods", "odt",
    "pdf", "pkg", "pps", "ppt", "pptx", "rar", "rpm", "rtf", "tar", "tgz", "txt", "wav", "xls",
    "xlsx", "zip",
];

/// What is longer is no extension, but the end of a name with a dot in it.
const MAX_EXTENSION: usize = 10;

/// The address in a link's `href` as it is told.
pub(super) fn told<'a>(href: &'a str, rules: &Rules<'_>, filters: &Filters<'_>) -> Cow<'a, str> {
    let href = if rules.disable_hashes {
        text::before(href, "#")
    } else {
        href
    };
    content::filtered(filters.url, href)
}

fn may_tell(rules: &Rules<'_>) -> bool {
    !rules.mask_attributes && !rules.attribute_ignorelist.iter().any(|name| name == "href")
}

/// Where the link leads that the target is in; of links in links, the outermost (posthog-js 1.449.2).
pub(super) fn href(
    chain: &[Element<'_>],
    rules: &Rules<'_>,
    filters: &Filters<'_>,
) -> Option<String> {
    let link = chain.iter().rfind(|element| element.tag == "a")?;
    let href = link.attribute("href");
    if !may_tell(rules) || !link.is_told || href.is_empty() || !content::may_be_told(href) {
        return None;
    }
    let href = told(href, rules, filters);
    Some(content::limit(&href, MAX_TEXT).into_owned())
}

/// The host that an absolute address leads to, if that is not the page's.
pub(super) fn leads_away<'a>(link: &'a str, rules: &Rules<'_>) -> Option<&'a str> {
    let rest = text::after(link, ":")?;
    let host = address::host(link);
    (rest.starts_with("//") && !host.is_empty() && host != rules.host).then_some(host)
}

/// Adds the events of a click on a link that leads to `link`.
pub(super) fn push_events(
    events: &mut Vec<(&'static str, Properties)>,
    chain: &[Element<'_>],
    link: &str,
    rules: &Rules<'_>,
    filters: &Filters<'_>,
) {
    let Some(element) = chain
        .iter()
        .find(|element| element.tag == "a" || element.tag == "area")
    else {
        return;
    };
    if link.is_empty() || !may_tell(rules) || !element.is_told || !content::may_be_told(link) {
        return;
    }
    let is_web = link.starts_with("https://") || link.starts_with("http://");
    let mut properties = Properties::new();
    if !rules.mask_text {
        let text = element.text(filters);
        properties.set_string_if_any("$el_text", &content::limit(&text, MAX_TEXT));
    }
    let url = told(link, rules, filters);
    let url = &*content::limit(&url, MAX_TEXT);
    if rules.outbound_clicks
        && is_web
        && let Some(host) = leads_away(link, rules)
    {
        let mut properties = properties.clone();
        properties.set_string("$external_click_url", url);
        properties.set_string("$external_click_host", host);
        events.push(("$outbound_click", properties));
    }
    if !rules.download_clicks {
        return;
    }
    let name = element.attribute_if_any("download");
    let of_link = extension(text::before(text::before(link, "?"), "#"));
    let extension = match name.map(extension) {
        Some(of_name) if !of_name.is_empty() => of_name,
        _ => of_link,
    };
    if name.is_some() || is_web && content::is_among(&FILES, &extension) {
        // Addresses of other kinds may hold the file itself.
        properties.set_string_if_any("$download_url", if is_web { url } else { "" });
        properties.set_string_if_any("$download_extension", &extension);
        events.push(("$download_click", properties));
    }
}

/// The extension of a file's name or of a path, in lower case; empty if there is none.
fn extension(path: &str) -> String {
    let name = text::parts(path, "/").last().unwrap_or_default();
    let last = text::parts(name, ".").last().unwrap_or_default();
    let is_extension = last.len() < name.len()
        && last.len() <= MAX_EXTENSION
        && last.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_extension {
        last.to_ascii_lowercase()
    } else {
        String::new()
    }
}
