//! The ids by which Meta's advertising knows a visitor's click and browser (posthog-js 1.449.2: `$fbc` and `$fbp`).
//!
//! An id is remembered as `{value, delivered}` and told once, as a property of the person. posthog-js tells it until a
//! request has succeeded; here the outbox sees to that.

use super::json;
use super::percent;
use super::persistence::{Persistence, cookie_value};
use super::properties::Properties;
use super::text;
use super::time::WallTime;

/// The cookie, the property that holds it, the person's property.
const CLICK: [&str; 3] = ["_fbc", "$fbc_persistence", "$fbc"];
const BROWSER: [&str; 3] = ["_fbp", "$fbp_persistence", "$fbp"];

/// The longest id of a click.
const MAX_CLICK: usize = 400;

/// Remembers the ids that the page's address and its cookies speak of.
pub(super) fn remember(persistence: &mut Persistence, url: &str, cookies: &str, now: WallTime) {
    let known = stored(persistence, CLICK)
        .get_string("value")
        .unwrap_or_default();
    let click = percent::query_parameter(url, "fbclid").unwrap_or_default();
    if is_id(&click) && click.len() <= MAX_CLICK && click_of(&known) != Some(&click) {
        let id = text::concat(&["fb.1.", &json::integer(now.as_millis()), ".", &click]);
        store(persistence, CLICK, &id, false);
    }
    for kind in [CLICK, BROWSER] {
        let id = cookie_value(cookies, kind[0]).unwrap_or_default();
        let known = stored(persistence, kind).get_string("value");
        // Of one click the id that was made first counts, and an address is newer than a cookie.
        let is_newer = match kind {
            CLICK => {
                click.is_empty() && known.is_none_or(|known| click_of(&known) != click_of(&id))
            }
            _ => known.as_ref() != Some(&id),
        };
        if text::before(&id, ".") == "fb" && is_id(&id) && is_newer {
            store(persistence, kind, &id, false);
        }
    }
}

/// The properties of the person that are still to be told. They count as told from now on.
pub(super) fn to_tell(persistence: &mut Persistence) -> Properties {
    let mut told = Properties::new();
    for kind in [CLICK, BROWSER] {
        let known = stored(persistence, kind);
        if let Some(id) = known.get_string("value")
            && known.get("delivered") != Some("true")
        {
            told.set_string(kind[2], &id);
            store(persistence, kind, &id, true);
        }
    }
    told
}

fn stored(persistence: &Persistence, [_, key, _]: [&str; 3]) -> Properties {
    Properties::read(persistence.main().get(key).unwrap_or_default())
}

fn store(persistence: &mut Persistence, [_, key, _]: [&str; 3], id: &str, is_told: bool) {
    let mut known = Properties::new();
    known.set_string("value", id);
    known.set("delivered", if is_told { "true" } else { "false" });
    persistence.set(key, &known.to_json());
}

/// The click that an id is of: its fourth part.
fn click_of(id: &str) -> Option<&str> {
    text::parts(id, ".").nth(3)
}

fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !text.is_empty() && text.len() <= 2 * MAX_CLICK && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::super::persistence::Stored;
    use super::*;

    const CLICKED: &str = "https://shop.example/?fbclid=abc";

    fn visitor() -> Persistence {
        Persistence::load(&Config::new("t").unwrap(), &Stored::default())
    }

    fn remember_at(persistence: &mut Persistence, url: &str, cookies: &str, millis: u64) {
        remember(persistence, url, cookies, WallTime::from_millis(millis));
    }

    #[test]
    fn a_click_is_told_once_under_the_id_it_got_first() {
        let mut persistence = visitor();
        remember_at(&mut persistence, CLICKED, "", 1);
        remember_at(&mut persistence, CLICKED, "", 2);
        assert_eq!(
            to_tell(&mut persistence).to_json(),
            r#"{"$fbc":"fb.1.1.abc"}"#
        );
        remember_at(&mut persistence, CLICKED, "_fbc=fb.1.9.abc", 3);
        assert_eq!(to_tell(&mut persistence), Properties::new());
        assert_eq!(
            persistence.main().get("$fbc_persistence"),
            Some(r#"{"value":"fb.1.1.abc","delivered":true}"#)
        );
        remember_at(&mut persistence, "https://shop.example/?fbclid=def", "", 4);
        assert_eq!(
            to_tell(&mut persistence).to_json(),
            r#"{"$fbc":"fb.1.4.def"}"#
        );
    }

    #[test]
    fn cookies_tell_click_and_browser() {
        let mut persistence = visitor();
        let cookies = "_fbp=fb.1.5.77; _fbc=fb.1.6.xyz";
        remember_at(&mut persistence, "https://shop.example/", cookies, 7);
        assert_eq!(
            to_tell(&mut persistence).to_json(),
            r#"{"$fbc":"fb.1.6.xyz","$fbp":"fb.1.5.77"}"#
        );
    }

    #[test]
    fn what_is_no_id_is_not_remembered() {
        let mut persistence = visitor();
        let url = "https://shop.example/?fbclid=%3Cscript%3E";
        remember_at(&mut persistence, url, "_fbc=x; _fbp=fb.%22", 1);
        assert_eq!(to_tell(&mut persistence), Properties::new());
    }
}
