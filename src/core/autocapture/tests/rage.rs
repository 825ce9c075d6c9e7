use super::*;

/// The numbers of the clicks that were told as made in anger.
fn raging(clicks: &[(u64, u64, u64)], rules: &Rules<'_>) -> Vec<usize> {
    let mut autocapture = Autocapture::default();
    let mut raging = Vec::new();
    for (number, (x, y, time)) in clicks.iter().enumerate() {
        let interaction = json!({ "x": x, "y": y, "time": time, "chain": [button()] });
        let events = handle(&mut autocapture, "click", &interaction, rules, &filters());
        match *names(&events) {
            ["$rageclick", "$autocapture"] => raging.push(number + 1),
            ["$autocapture"] => {}
            ref other => panic!("{other:?}"),
        }
    }
    raging
}

#[test]
fn clicks_are_in_anger_if_they_are_close_and_quick() {
    let rules = rules();
    assert_eq!(
        raging(&[(0, 0, 0), (0, 0, 999), (0, 0, 1_998)], &rules),
        [3]
    );
    assert_eq!(
        raging(&[(0, 0, 0), (0, 0, 1_000), (0, 0, 1_998)], &rules),
        [0; 0]
    );
    assert_eq!(
        raging(&[(0, 0, 0), (14, 15, 1), (28, 30, 2)], &rules),
        [3],
        "from one to the next"
    );
    assert_eq!(
        raging(&[(0, 0, 0), (15, 15, 1), (15, 15, 2)], &rules),
        [0; 0]
    );
    assert_eq!(raging(&[(9, 9, 1); 7], &rules), [3], "a run is told once");
    let twice = [
        (9, 9, 0),
        (9, 9, 0),
        (9, 9, 0),
        (9, 9, 5_000),
        (9, 9, 5_000),
        (9, 9, 5_000),
    ];
    assert_eq!(raging(&twice, &rules), [3, 6]);
    let once = Rules {
        rage: Some(RageRules {
            clicks: 1,
            ..rage_rules()
        }),
        ..rules
    };
    assert_eq!(raging(&[(9, 9, 0); 4], &once), [0; 0]);
}

#[test]
fn clicks_count_wherever_they_fall() {
    let mut autocapture = Autocapture::default();
    let mut click = |interaction: Value| {
        names(&handle(
            &mut autocapture,
            "click",
            &interaction,
            &rules(),
            &filters(),
        ))
    };
    assert_eq!(click(json!({ "x": 1, "y": 1, "ignored": true })), [""; 0]);
    assert_eq!(click(json!({ "x": 1, "y": 1, "chain": [["p"]] })), [""; 0]);
    assert_eq!(
        click(json!({ "chain": [button()] })),
        ["$autocapture"],
        "a click without a place"
    );
    assert_eq!(
        click(json!({ "x": 1, "y": 1, "chain": [button()] })),
        ["$rageclick", "$autocapture"]
    );
}

#[test]
fn clicks_that_select_text_or_turn_pages_are_excused() {
    let excused = |ignored_words: IgnoredWords<'_>, chain: &[Value], label: [&str; 2]| {
        let rules = Rules {
            rage: Some(RageRules {
                ignored_words,
                ignore_text_selection: true,
                ..rage_rules()
            }),
            ..rules()
        };
        let mut autocapture = Autocapture::default();
        let mut interaction = interaction(chain);
        interaction["label"] = json!(label);
        let mut click = || handle(&mut autocapture, "click", &interaction, &rules, &filters());
        click();
        click();
        names(&click()) != ["$rageclick", "$autocapture"]
    };
    let by_words = |words: IgnoredWords<'_>, text: &str| {
        let chain = [button()];
        let by_text = excused(words, &chain, [text, ""]);
        assert_eq!(
            by_text,
            excused(words, &chain, ["", text]),
            "the label counts as much as the text"
        );
        by_text
    };
    for text in ["next", "the next page", "prev.", "<", "❮", "+"] {
        assert!(by_words(IgnoredWords::Paging, text), "{text}");
    }
    for text in ["", "nextcloud", "con_next", "> more", "+ more"] {
        assert!(!by_words(IgnoredWords::Paging, text), "{text}");
    }
    let words = ["LOAD".to_owned(), "+".to_owned(), "prev".to_owned()];
    for text in ["reloading", "+", "prev"] {
        assert!(by_words(IgnoredWords::Listed(&words), text), "{text}");
    }
    for text in ["++", "preview", "next"] {
        assert!(!by_words(IgnoredWords::Listed(&words), text), "{text}");
    }
    assert!(!by_words(IgnoredWords::None, "next"));

    let selecting = |chain: &[Value]| excused(IgnoredWords::None, chain, ["", ""]);
    assert!(selecting(&[element("input", "", 0, &[])]));
    assert!(selecting(&[element("input", "", 0, &["type", "Search"])]));
    assert!(selecting(&[element("textarea", "", 0, &[])]));
    assert!(selecting(&[
        button(),
        element("p", "", 0, &["contenteditable", ""])
    ]));
    assert!(!selecting(&[element("input", "", 0, &["type", "range"])]));
    assert!(!selecting(&[
        button(),
        element("p", "", 0, &["contenteditable", "false"])
    ]));
}
