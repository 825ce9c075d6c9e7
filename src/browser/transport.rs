//! Requests: compression by the browser's own gzip, delivery by `fetch`.
//!
//! Two functions serve all requests: what they need to know of one is bound to them. A closure for each promise
//! would cost 3 KB of code.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use js_sys::{Array, ArrayBuffer, Function, JSON, Promise, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, ReadableWritablePair};

use super::property::{get, number, set};
use super::runtime::Runtime;
use crate::core::{Request, RequestId, Response};

#[wasm_bindgen]
extern "C" {
    /// web-sys still counts this class as unstable.
    #[wasm_bindgen(extends = ReadableWritablePair)]
    type CompressionStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<CompressionStream, JsValue>;

    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &JsValue) -> Result<Promise, JsValue>;
}

/// What is needed to send.
pub(super) struct Transport {
    /// Requests whose body is being compressed.
    compressing: RefCell<Vec<Request>>,
    /// By which the last request is aborted that may be called off, and its id.
    abort: RefCell<Option<(RequestId, AbortController)>>,
    /// Called with a request's id and what came of compressing its body.
    compressed: Closure<dyn Fn(u32, JsValue)>,
    /// Called with a request's id and what came of sending it.
    answered: Closure<dyn Fn(u32, JsValue)>,
    /// Called with a request's id and the text of its answer.
    read: Closure<dyn Fn(u32, JsValue)>,
}

impl Transport {
    /// Sends on behalf of a runtime.
    pub(super) fn new(runtime: &Weak<Runtime>) -> Self {
        Self {
            compressing: RefCell::new(Vec::new()),
            abort: RefCell::new(None),
            compressed: callback(runtime, |runtime, id, result| {
                let transport = runtime.transport();
                let request = transport.take_compressing(id);
                if let Some(request) = request {
                    runtime.refresh();
                    // Where compression failed there is nothing.
                    let body = match result.is_undefined() {
                        true => (&request.body).into(),
                        false => result,
                    };
                    transport.post(runtime, &request, &body);
                }
            }),
            answered: callback(runtime, |runtime, id, answer| {
                // Another tab may have said who the visitor is by now, for whom this is no answer.
                runtime.refresh();
                let (mut client, now) = runtime.client_and_now();
                client.handle_response(now, id, response(&answer));
                drop(client);
                runtime.settle();
                if let Some(answer) = answer.dyn_ref::<web_sys::Response>()
                    && answer.status() == 200
                    && let Ok(text) = answer.text()
                {
                    settled(&text, id, &runtime.transport().read);
                }
            }),
            read: callback(runtime, |runtime, id, text| {
                runtime.refresh();
                let (mut client, now) = runtime.client_and_now();
                client.handle_answer_text(now, id, &text.as_string().unwrap_or_default());
                drop(client);
                runtime.settle();
            }),
        }
    }

    /// Makes a request's body ready and sends it, unless the client calls it off in between.
    pub(super) fn send(&self, runtime: &Runtime, request: Request) {
        let bytes = if request.gzip {
            gzip(&request.body)
        } else {
            None
        };
        match bytes {
            Some(bytes) => {
                settled(&bytes, request.id, &self.compressed);
                self.compressing.borrow_mut().push(request);
            }
            // As text, a body is sent as `text/plain;charset=UTF-8` without more ado.
            None => self.post(runtime, &request, &(&request.body).into()),
        }
    }

    /// Ends a request whose answer nobody waits for.
    pub(super) fn call_off(&self, id: RequestId) {
        let called_off = self
            .abort
            .borrow_mut()
            .take_if(|(aborted, _)| *aborted == id);
        if let Some((_, controller)) = called_off {
            controller.abort();
        }
    }

    fn post(&self, runtime: &Runtime, request: &Request, body: &JsValue) {
        let bytes = body.dyn_ref::<ArrayBuffer>();
        let length = bytes.map_or(request.body.len(), |bytes| bytes.byte_length() as usize);
        let dispatch = runtime.client_and_now().0.dispatch(request.id, length);
        let Some(dispatch) = dispatch else {
            return;
        };
        let init = JSON::parse(r#"{"method":"POST","referrerPolicy":"strict-origin"}"#);
        let init = init.unwrap_or_default();
        set(&init, "body", body);
        // Bytes that say so need no permission from another origin's server, which knows gzip by its first bytes.
        if bytes.is_some()
            && let Ok(headers) = JSON::parse(r#"{"Content-Type":"text/plain"}"#)
        {
            set(&init, "headers", &headers);
        }
        set(&init, "keepalive", &dispatch.keepalive.into());
        if dispatch.may_be_called_off
            && let Ok(controller) = AbortController::new()
        {
            set(&init, "signal", &controller.signal());
            self.abort.replace(Some((request.id, controller)));
        }
        // What `fetch` throws at once, for an address that is none, is a failure like any other.
        let answer = fetch(&request.url, &init).unwrap_or_else(|error| Promise::reject(&error));
        settled(&answer, request.id, &self.answered);
    }

    fn take_compressing(&self, id: RequestId) -> Option<Request> {
        let mut compressing = self.compressing.borrow_mut();
        let at = compressing.iter().position(|request| request.id == id)?;
        Some(compressing.swap_remove(at))
    }
}

fn callback(
    runtime: &Weak<Runtime>,
    input: fn(&Rc<Runtime>, RequestId, JsValue),
) -> Closure<dyn Fn(u32, JsValue)> {
    let runtime = runtime.clone();
    Closure::new(move |id, results: JsValue| {
        if let Some(runtime) = runtime.upgrade() {
            // Of a promise that was rejected there is no value.
            let value = get(&get(&results, "0"), "value");
            input(&runtime, RequestId(id), value);
        }
    })
}

/// Calls back when a promise is settled, with its value if it was fulfilled: `allSettled` never rejects, so that one
/// function serves both ends.
fn settled(promise: &Promise, id: RequestId, callback: &Closure<dyn Fn(u32, JsValue)>) {
    let function: &Function = callback.as_ref().unchecked_ref();
    let bound = function.bind1(&JsValue::UNDEFINED, &id.0.into());
    let all = Promise::all_settled(&Array::of1(promise));
    let then: Function = get(&all, "then").unchecked_into();
    // `then` of a promise does not throw.
    let _ = then.call1(&all, &bound);
}

/// Begins to compress; `None` where the browser cannot. The text goes in as the body of a response, for a blob would be
/// made known to another process of the browser.
fn gzip(body: &str) -> Option<Promise> {
    let stream = CompressionStream::new("gzip").ok()?;
    let bytes = Uint8Array::from(body.as_bytes());
    let plain = web_sys::Response::new_with_opt_js_u8_array(Some(&bytes)).ok()?;
    let compressed = plain.body()?.pipe_through(&stream);
    web_sys::Response::new_with_opt_readable_stream(Some(&compressed))
        .ok()?
        .array_buffer()
        .ok()
}

fn response(answer: &JsValue) -> Response {
    let status = number(answer, "status") as u16;
    Response {
        status,
        retry_after: answer
            .dyn_ref::<web_sys::Response>()
            .and_then(|answer| answer.headers().get("Retry-After").ok()?)
            .map(|header| retry_after(&header)),
    }
}

/// The `Retry-After` header in milliseconds, from its seconds or its date.
fn retry_after(header: &str) -> u64 {
    let seconds = js_sys::Number::from(JsValue::from_str(header)).value_of();
    if seconds.is_nan() {
        (js_sys::Date::parse(header) - js_sys::Date::now()) as u64
    } else {
        (seconds * 1_000.0) as u64
    }
}
