//! What the page is: browser, device, window and address.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Window;

use super::property::{get, number, text};
use crate::core::environment::{Environment, Size};

/// Reads browser and device.
pub(super) fn environment(window: &Window) -> Environment {
    let navigator = get(window, "navigator");
    let user_agent_data = get(&navigator, "userAgentData");
    Environment {
        user_agent: text(&navigator, "userAgent"),
        vendor: text(&navigator, "vendor"),
        brave: !get(&navigator, "brave").is_undefined(),
        language: text(&navigator, "language"),
        timezone: timezone(window),
        timezone_offset: js_sys::Date::new_0().get_timezone_offset() as i32,
        screen: size(&get(window, "screen"), "width", "height"),
        brands: brands(&user_agent_data),
        platform: text(&user_agent_data, "platform"),
        touch_points: number(&navigator, "maxTouchPoints") as u32,
        pixel_ratio: number(window, "devicePixelRatio"),
        is_driven: get(&navigator, "webdriver").is_truthy(),
    }
}

/// The name of the time zone. The first formatter of a page takes longer to make than all else that is read here, so it is
/// made only where nothing else tells.
fn timezone(window: &Window) -> String {
    let now = get(&get(window, "Temporal"), "Now");
    let told = get(&now, "timeZoneId")
        .dyn_ref::<Function>()
        .and_then(|ask| ask.call0(&now).ok()?.as_string());
    told.unwrap_or_else(|| {
        let zone = js_sys::Intl::DateTimeFormat::default().resolved_options();
        text(&zone, "timeZone")
    })
}

fn brands(user_agent_data: &JsValue) -> String {
    let mut all = String::new();
    if let Some(brands) = get(user_agent_data, "brands").dyn_ref::<Array>() {
        for brand in brands.iter() {
            all.push_str(&text(&brand, "brand"));
            all.push(' ');
        }
    }
    all
}

/// Reads the size of the window's inside. The browser may have to lay the page out for it: not for every event.
pub(super) fn viewport(window: &Window) -> Size {
    size(window, "innerWidth", "innerHeight")
}

fn size(object: &JsValue, width: &str, height: &str) -> Size {
    Size {
        width: number(object, width) as u32,
        height: number(object, height) as u32,
    }
}

/// Whether nobody sees the page.
pub(super) fn is_hidden(window: &Window) -> bool {
    text(&get(window, "document"), "visibilityState") == "hidden"
}

/// Whether the browser asks for its user not to be tracked: by Do Not Track, in the three places that browsers have had it,
/// or by Global Privacy Control.
pub(super) fn asks_not_to_be_tracked(window: &Window) -> bool {
    let navigator = get(window, "navigator");
    let does = |asked: JsValue| {
        asked.is_truthy()
            && !matches!(
                asked.as_string().as_deref(),
                Some("0" | "no" | "unspecified" | "null")
            )
    };
    does(get(&navigator, "doNotTrack"))
        || does(get(&navigator, "msDoNotTrack"))
        || does(get(window, "doNotTrack"))
        || does(get(&navigator, "globalPrivacyControl"))
}

/// The page's address, read only as far as it takes to see that it is still the same.
pub(super) struct Address {
    location: JsValue,
    href: JsValue,
    href_key: JsValue,
}

impl Address {
    /// Begins with no address, so that the first reading is a change.
    pub(super) fn new(window: &Window) -> Self {
        Self {
            location: get(window, "location"),
            href: JsValue::UNDEFINED,
            href_key: "href".into(),
        }
    }

    /// The address if it is another than at the last call. Comparing the engine's own strings copies nothing.
    pub(super) fn changed(&mut self) -> Option<String> {
        let href = Reflect::get(&self.location, &self.href_key).unwrap_or_default();
        if href == self.href {
            return None;
        }
        self.href = href;
        self.href.as_string()
    }

    /// Forgets the address, so that the next reading is a change.
    pub(super) fn forget(&mut self) {
        self.href = JsValue::UNDEFINED;
    }
}
