use proptest::prelude::*;

use super::*;

/// Texts that rules look at, and any others.
fn text() -> impl Strategy<Value = String> {
    const KNOWN: [&str; 16] = [
        "a",
        "button",
        "input",
        "form",
        "svg",
        "class",
        "href",
        "type",
        "password",
        "contenteditable",
        "true",
        "data-ph-capture-attribute-x",
        "4111111111111111",
        "a\\\"b ;\n",
        "🦔\u{0}\u{feff}",
        "https://other.example/a.pdf?b#c",
    ];
    prop_oneof![
        prop::sample::select(&KNOWN).prop_map(str::to_owned),
        any::<String>()
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..64_u64).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn element() -> impl Strategy<Value = Value> {
    let texts = || prop::collection::vec(text(), 0..4);
    let spans = prop::collection::vec(texts(), 0..4);
    let attributes = prop::collection::vec(text(), 0..9);
    (text(), 0..9_u64, texts(), spans, 0..64_u64, attributes).prop_map(
        |(tag, nth, texts, spans, flags, attributes)| {
            json!([tag, nth, nth, texts, spans, flags, attributes])
        },
    )
}

fn interaction() -> impl Strategy<Value = Value> {
    let chain = prop::collection::vec(element(), 0..6).prop_map(Value::from);
    let members = prop::collection::vec((prop::sample::select(&MEMBERS), value()), 0..8);
    (prop_oneof![4 => chain, 1 => value()], members, text()).prop_map(|(chain, members, link)| {
        let mut interaction = json!({ "chain": chain, "link": link });
        for (key, value) in members {
            interaction[key] = value;
        }
        interaction
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(250) })]

    #[test]
    fn makes_events_of_a_bound_size_that_are_json(
        interaction in prop_oneof![4 => interaction(), 1 => value()],
        cut in 0..1_000_usize,
        kind in prop::sample::select(&["click", "change", "submit", "copy", "paste", "other"][..]),
    ) {
        let rules = Rules { outbound_clicks: true, download_clicks: true, ..rules() };
        let text = interaction.to_string();
        let torn = text.get(..text.len() * cut / 1_000).unwrap_or_default();
        for text in [&*text, torn] {
            let mut autocapture = Autocapture::default();
            for (_, properties) in autocapture.handle(MonotonicTime::from_millis(0), kind, text, &rules, &filters()) {
                let json = properties.to_json();
                prop_assert!(json::is_valid(&json), "{json}");
                prop_assert!(json.len() < 40 * text.len() + 1_000, "{json}");
            }
        }
    }
}
