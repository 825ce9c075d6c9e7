//! Properties of the page's objects by their names.
//!
//! One import serves them all. A typed getter of web-sys costs about 60 bytes for each property, so those are for
//! what is called often or needs its type.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// A property; `undefined` where it cannot be read.
#[inline(never)]
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// A property that is a text; empty where it is not.
#[inline(never)]
pub(crate) fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

/// A property that is a number; 0 where it is not.
#[inline(never)]
pub(crate) fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or_default()
}

/// Sets a property; a refusal is survived.
#[inline(never)]
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}
