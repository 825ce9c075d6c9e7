use super::*;

#[test]
fn what_nobody_may_capture_makes_no_event_at_all() {
    let around = element("div", "", 4, &[]);
    let mut interaction = interaction(&[element("a", "x", 0, &["href", "/a.pdf"]), around]);
    interaction["link"] = json!("https://other.example/a.pdf");
    let rules = Rules {
        outbound_clicks: true,
        download_clicks: true,
        ..rules()
    };
    for kind in ["click", "copy", "paste"] {
        assert_eq!(once(kind, &interaction, &rules), []);
    }
}

#[test]
fn only_what_is_of_use_is_captured() {
    let captured =
        |kind: &str, chain: &[Value]| !once(kind, &interaction(chain), &rules()).is_empty();
    for (tag, click, change, submit) in [
        ("a", true, false, false),
        ("button", true, false, false),
        ("label", true, false, false),
        ("form", false, false, true),
        ("input", true, true, false),
        ("select", true, true, false),
        ("textarea", true, true, false),
        ("div", false, false, false),
        ("html", false, false, false),
        ("x-card", false, false, false),
    ] {
        let chain = [element(tag, "x", 0, &[]), element("body", "", 0, &[])];
        assert_eq!(
            (
                captured("click", &chain),
                captured("change", &chain),
                captured("submit", &chain)
            ),
            (click, change, submit),
            "{tag}"
        );
    }
    let plain = || element("div", "x", 0, &[]);
    let hand = || element("div", "x", 2, &[]);
    assert!(captured("click", &[hand()]));
    assert!(captured("click", &[plain(), plain(), hand()]));
    assert!(captured("click", &[plain(), button()]));
    assert!(!captured("change", &[hand()]));
    assert!(!captured("click", &[element("form", "", 0, &[]), hand()]));
    assert!(captured(
        "click",
        &[element("div", "x", 0, &["contenteditable", "true"])]
    ));
    assert!(!captured(
        "click",
        &[element("div", "x", 0, &["contenteditable", ""])]
    ));
    assert!(!captured("scroll", &[button()]));
    assert!(!captured("click", &[]));
}

#[test]
fn nothing_is_captured_while_it_is_off() {
    let rules = Rules {
        autocapture: false,
        ..rules()
    };
    assert_eq!(once("click", &interaction(&[button()]), &rules), []);
    let mut ignored = interaction(&[button()]);
    ignored["ignored"] = json!(true);
    assert_eq!(once("click", &ignored, &self::rules()), []);
}
