use super::*;

#[test]
fn a_chain_is_one_text_from_the_target_outwards() {
    let events = click(&[
        element("button", "Click me", 0, &["class", "z a", "id", "b"]),
        element("div", "", 0, &["id", "app"]),
        json!(["body", 2, 1]),
    ]);
    let expected = concat!(
        r#"button.a.z:attr__class="z a"attr__id="b"attr_id="b"nth-child="1"nth-of-type="1"text="Click me";"#,
        r#"div:attr__id="app"attr_id="app"nth-child="1"nth-of-type="1";body:nth-child="2"nth-of-type="1""#
    );
    assert_eq!(
        events,
        [(
            "$autocapture",
            json!({
                "$event_type": "click",
                "$ce_version": 1,
                "$elements_chain": expected,
                "$el_text": "Click me",
            })
        )]
    );
}

#[test]
fn a_chain_ends_after_a_thousand_elements() {
    let chain: Vec<_> = (0..2_000).map(|_| button()).collect();
    let events = click(&chain);
    let chain = events[0].1["$elements_chain"].as_str().unwrap();
    assert_eq!(chain.split(';').count(), 1_000);
}

#[test]
fn counts_are_told_as_they_are_passed() {
    let events = click(&[json!(["button", 10_000, 0, ["x"], [], 0, []])]);
    assert_eq!(
        events[0].1["$elements_chain"],
        r#"button:nth-child="10000"nth-of-type="0"text="x""#
    );
}

#[test]
fn what_is_too_long_is_cut() {
    let long = "é\"🦔".repeat(250_000);
    let mut interaction = interaction(&[element("a", &long, 0, &["title", &long, "href", &long])]);
    interaction["link"] = json!(long);
    let events = once("click", &interaction, &rules());
    assert!(events[0].1.to_string().len() < 50_000);
    let text = events[0].1["$el_text"].as_str().unwrap();
    assert_eq!(text.encode_utf16().count(), 255);
}

#[test]
fn of_attributes_without_end_a_hundred_are_told() {
    let attributes: Vec<_> = (0..400).map(|at| format!("data-{at}")).collect();
    let attributes: Vec<_> = attributes.iter().map(String::as_str).collect();
    let events = click(&[element("button", "x", 0, &attributes)]);
    let chain = events[0].1["$elements_chain"].as_str().unwrap();
    assert_eq!(chain.matches("attr__").count(), 100);
}

#[test]
fn an_element_that_was_not_read_whole_says_little() {
    let inner = element("button", "x", 0, &["title", "t"]);
    let outer = element("a", "y", 32, &["title", "t", "href", "/", "id", "i"]);
    let events = click(&[inner, outer]);
    assert_eq!(
        events[0].1["$elements_chain"],
        concat!(
            r#"button:attr__title="t"nth-child="1"nth-of-type="1"text="x";"#,
            r#"a:attr__id="i"attr_id="i"nth-child="1"nth-of-type="1""#
        )
    );
}
