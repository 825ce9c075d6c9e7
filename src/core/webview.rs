//! The app whose web view shows the page, as far as it says so in the user agent.
//!
//! The names and their order of precedence are those of posthog-js 1.449.2; the vectors in `tests/vectors/webviews.json`
//! hold what it answers.

use super::text;

/// An app in each line, and between equals signs: its name; its marks, in lower case and with bars between them; what its
/// version stands behind further on, if not right behind the mark; whether a lone number is not its version but a build's.
const APPS: &str = "Instagram=instagram
Threads=barcelona |barcelona/
Messenger=messengerforios|fban/orca-android|fb_iab/orca-android=fbav/
Facebook Lite=fban/ema=fbav/
Facebook=fbios|fban/fb4a|fb_iab/fb4a=fbav/
LinkedIn=linkedinapp
Twitter=twitterandroid|twitter for iphone|twitter for ipad|twitter for android
TikTok=musical_ly|trill=app_version/=build
WeChat=micromessenger/|wechat/
Line=line/
Google=gsa/
Pinterest=pinterest/|pinterest for ios/|pinterest for android/|pinterest for android tablet/
WhatsApp=wa4a/|waios/
Snapchat=snapchat |snapchat/
Bing=bingweb/|bingsapphire/
Naver=naver(inapp; search;=; =build
KakaoTalk=kakaotalk |kakaotalk/==build";

/// The app's name and its version, each empty where it is not known.
pub(super) fn read(user_agent: &str) -> (&'static str, String) {
    let user_agent = user_agent.to_ascii_lowercase();
    for app in text::parts(APPS, "\n") {
        let mut fields = text::parts(app, "=");
        let mut field = || fields.next().unwrap_or_default();
        let (name, marks, version_mark, build) = (field(), field(), field(), field());
        for mark in text::parts(marks, "|") {
            if let Some(rest) = behind(&user_agent, mark) {
                let version = version(text::after(rest, version_mark).unwrap_or(rest));
                let is_build = !build.is_empty() && !text::contains(version, ".");
                return (name, if is_build { "" } else { version }.to_owned());
            }
        }
    }
    ("", String::new())
}

/// What stands behind a mark, where that is not part of a longer word.
fn behind<'a>(user_agent: &'a str, mark: &str) -> Option<&'a str> {
    let mut rest = user_agent;
    loop {
        let before = text::before(rest, mark);
        rest = text::after(rest, mark)?;
        if !joins(before, mark) && !joins(mark, rest) {
            return Some(rest);
        }
    }
}

/// Whether two texts that stand side by side have a word in common.
#[inline(never)]
fn joins(left: &str, right: &str) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    is_word(left.as_bytes().last()) && is_word(right.as_bytes().first())
}

/// The numbers that a text begins with, behind what divides them from a mark.
fn version(text: &str) -> &str {
    let start = text
        .bytes()
        .take_while(|byte| b" /]_".contains(byte))
        .count();
    let text = text::slice(text, start, text.len());
    let length = text
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
        .count();
    let version = text::slice(text, 0, length);
    version.strip_suffix('.').unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_hold() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/webviews.json")).unwrap();
        for vector in vectors.as_array().unwrap() {
            let text = |key: &str| vector[key].as_str().unwrap();
            let (app, version) = read(text("user_agent"));
            assert_eq!((app, &*version), (text("app"), text("version")), "{vector}");
        }
    }
}
