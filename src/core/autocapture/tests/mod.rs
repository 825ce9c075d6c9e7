use serde_json::{Value, json};

use super::*;

// Proptest is there on the host alone.
#[cfg(any(unix, windows))]
mod anything;
mod chains;
mod links;
mod personal;
mod rage;
mod selection;

const NONE: &[String] = &[];

fn rules() -> Rules<'static> {
    Rules {
        autocapture: true,
        event_allowlist: None,
        element_allowlist: None,
        attribute_ignorelist: NONE,
        mask_attributes: false,
        mask_text: false,
        disable_hashes: false,
        rage: Some(rage_rules()),
        outbound_clicks: false,
        download_clicks: false,
        host: "shop.example",
    }
}

fn rage_rules() -> RageRules<'static> {
    RageRules {
        clicks: 3,
        millis: 1_000,
        pixels: 30,
        ignored_words: IgnoredWords::None,
        ignore_text_selection: false,
    }
}

fn filters() -> Filters<'static> {
    Filters {
        text: &|_| None,
        url: &|_| None,
        is_secret_field: &|kind, _, _, _| kind.eq_ignore_ascii_case("password"),
    }
}

type Events = Vec<(&'static str, Value)>;

fn handle(
    autocapture: &mut Autocapture,
    kind: &str,
    interaction: &Value,
    rules: &Rules<'_>,
    filters: &Filters<'_>,
) -> Events {
    autocapture
        .handle(
            MonotonicTime::from_millis(0),
            kind,
            &interaction.to_string(),
            rules,
            filters,
        )
        .into_iter()
        .map(|(event, properties)| (event, serde_json::from_str(&properties.to_json()).unwrap()))
        .collect()
}

fn once(kind: &str, interaction: &Value, rules: &Rules<'_>) -> Events {
    handle(
        &mut Autocapture::default(),
        kind,
        interaction,
        rules,
        &filters(),
    )
}

fn names(events: &Events) -> Vec<&'static str> {
    events.iter().map(|(name, _)| *name).collect()
}

fn strings(value: &Value) -> Option<Vec<String>> {
    let items = value.as_array()?;
    Some(
        items
            .iter()
            .map(|item| item.as_str().unwrap().to_owned())
            .collect(),
    )
}

#[test]
fn vectors_of_posthog_js_hold() {
    let vectors: Value = serde_json::from_str(include_str!(
        "../../../../tests/vectors/elements-chains.json"
    ))
    .unwrap();
    for vector in vectors.as_array().unwrap() {
        let settings = &vector["rules"];
        let is = |name: &str| settings[name] == true;
        let events = strings(&settings["event_allowlist"]);
        let elements = strings(&settings["element_allowlist"]);
        let attributes = strings(&settings["attribute_ignorelist"]).unwrap_or_default();
        let rage = &settings["rage"];
        let words = strings(&rage["content_ignorelist"]);
        let rules = Rules {
            event_allowlist: events.as_deref(),
            element_allowlist: elements.as_deref(),
            attribute_ignorelist: &attributes,
            mask_attributes: is("mask_attributes"),
            mask_text: is("mask_text"),
            disable_hashes: is("disable_hashes"),
            rage: (*rage != false).then(|| RageRules {
                clicks: rage["click_count"].as_u64().unwrap_or(3),
                ignored_words: match &words {
                    Some(words) => IgnoredWords::Listed(words),
                    None if rage["content_ignorelist"] == true => IgnoredWords::Paging,
                    None => IgnoredWords::None,
                },
                ignore_text_selection: rage["ignore_text_selection"] == true,
                ..rage_rules()
            }),
            ..rules()
        };
        let mut autocapture = Autocapture::default();
        let mut events = Vec::new();
        for interaction in vector["interactions"].as_array().unwrap() {
            let kind = interaction["kind"].as_str().unwrap();
            for (event, properties) in handle(
                &mut autocapture,
                kind,
                &interaction["interaction"],
                &rules,
                &filters(),
            ) {
                events.push(json!({ "event": event, "properties": properties }));
            }
        }
        assert_eq!(Value::Array(events), vector["events"], "{}", vector["name"]);
    }
}

/// An element as the page passes it.
fn element(tag: &str, text: &str, flags: u64, attributes: &[&str]) -> Value {
    json!([tag, 1, 1, [text], [], flags, attributes])
}

fn interaction(chain: &[Value]) -> Value {
    json!({ "x": 10, "y": 20, "chain": chain })
}

fn click(chain: &[Value]) -> Events {
    once("click", &interaction(chain), &rules())
}

fn button() -> Value {
    element("button", "x", 0, &[])
}
