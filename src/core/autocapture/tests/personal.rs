use super::*;

#[test]
fn filters_see_texts_before_they_are_cut() {
    const SECRET: &str = "sk_live_51H";
    let cut = |text: &str| text.contains(SECRET).then(|| text.replace(SECRET, "…"));
    let filters = Filters {
        text: &cut,
        url: &|url| {
            url.contains('?')
                .then(|| url.split('?').next().unwrap().to_owned())
        },
        ..filters()
    };
    let straddling = "t".repeat(1_020) + SECRET;
    let chain = [
        json!([
            "a",
            1,
            1,
            ["a ".to_owned() + &"b".repeat(248) + SECRET, SECRET],
            [],
            0,
            [
                "title",
                straddling,
                "href",
                "/a?token=1",
                "data-url",
                "/b?token=2",
                "class",
                SECRET,
                "data-ph-capture-attribute-key",
                SECRET,
                "srcset",
                "/c?d",
            ]
        ]),
        json!([
            "button",
            1,
            1,
            ["sk_", "live_", "51H"],
            [],
            0,
            ["xlink:href", "/d?token=3", "formaction", "/e?f"]
        ]),
    ];
    let mut interaction = interaction(&chain);
    interaction["value"] = json!(SECRET);
    interaction["link"] = json!("https://other.example/a?token=1");
    let rules = Rules {
        outbound_clicks: true,
        download_clicks: true,
        ..rules()
    };
    for kind in ["click", "copy"] {
        interaction["selection"] = json!(SECRET);
        let events = handle(
            &mut Autocapture::default(),
            kind,
            &interaction,
            &rules,
            &filters,
        );
        let told = Value::from(
            events
                .iter()
                .map(|(_, properties)| properties.clone())
                .collect::<Vec<_>>(),
        )
        .to_string();
        assert!(!told.contains("sk_"), "{told}");
        assert!(!told.contains("token"), "{told}");
        assert!(told.contains("/c?d"), "no address: {told}");
        assert_eq!(events[0].1["key"], "…");
    }
}

#[test]
fn a_field_with_a_secret_says_nothing_whatever_its_class() {
    let password = |kind: &str| {
        element(
            "input",
            "",
            16,
            &[
                "type", kind, "value", "hunter2", "name", "p", "title", "hunter2",
            ],
        )
    };
    let mut interaction = interaction(&[password("PassWord")]);
    interaction["value"] = json!("hunter2");
    let events = once("change", &interaction, &rules());
    assert_eq!(
        events[0].1,
        json!({
            "$event_type": "change",
            "$ce_version": 1,
            "$elements_chain": r#"input:attr__name="p"nth-child="1"nth-of-type="1""#,
        })
    );
    // A button is none to PostHog's rules, but may be one to the page's.
    let filters = Filters {
        is_secret_field: &|kind, name, id, autocomplete| {
            [kind, name, id, autocomplete] == ["button", "pin", "i", "one-time-code"]
        },
        ..filters()
    };
    let field = element(
        "input",
        "",
        16,
        &[
            "type",
            "button",
            "name",
            "pin",
            "id",
            "i",
            "autocomplete",
            "one-time-code",
            "value",
            "1234",
        ],
    );
    let inside = element(
        "button",
        "1234",
        16,
        &["title", "1234", "data-ph-capture-attribute-a", "1234"],
    );
    for kind in ["click", "copy"] {
        let mut interaction = self::interaction(&[inside.clone(), field.clone()]);
        interaction["selection"] = json!("1234");
        let events = handle(
            &mut Autocapture::default(),
            kind,
            &interaction,
            &rules(),
            &filters,
        );
        assert_eq!(events.len(), 1);
        assert!(!events[0].1.to_string().contains("1234"), "{}", events[0].1);
    }
}

#[test]
fn what_is_hidden_hides_what_is_inside_it() {
    let hidden = element("body", "", 8, &[]);
    let events = click(&[
        json!([
            "button",
            1,
            1,
            ["x"],
            [["", "y"]],
            16,
            ["data-ph-capture-attribute-a", "1"]
        ]),
        json!(["a", 1, 1, ["z"], [], 0, ["href", "https://other.example"]]),
        hidden,
    ]);
    let told = &events[0].1;
    assert!(!told["$elements_chain"].as_str().unwrap().contains("text="));
    assert_eq!(told["a"], Value::Null);
    assert_eq!(told["$el_text"], Value::Null);
    assert_eq!(told["$external_click_url"], Value::Null);
}

#[test]
fn nothing_is_told_of_copies_out_of_fields_or_where_texts_are_masked() {
    let copy = |element: Value, rules: &Rules<'_>| {
        let mut interaction = interaction(&[element, json!(["body"])]);
        interaction["selection"] = json!("copied");
        interaction["length"] = json!(6);
        let (name, properties) = once("copy", &interaction, rules).remove(0);
        assert_eq!(
            (name, &properties["$clipboard_text_length"]),
            ("$copy_autocapture", &json!(6))
        );
        properties["$selected_content"].clone()
    };
    let mask_text = Rules {
        mask_text: true,
        ..rules()
    };
    assert_eq!(copy(element("p", "", 0, &[]), &rules()), "copied");
    assert_eq!(copy(element("textarea", "", 0, &[]), &rules()), Value::Null);
    assert_eq!(copy(element("p", "", 8, &[]), &rules()), Value::Null);
    assert_eq!(copy(element("p", "", 0, &[]), &mask_text), Value::Null);
}
