use super::*;

#[test]
fn links_that_lead_away_and_links_to_files_are_told() {
    let rules = Rules {
        autocapture: false,
        outbound_clicks: true,
        download_clicks: true,
        ..rules()
    };
    let follow = |link: &str, attributes: &[&str], rules: &Rules<'_>| {
        let mut interaction = interaction(&[
            element("b", "", 0, &[]),
            json!(["a", 1, 1, ["Get "], [["", "it"]], 0, attributes]),
        ]);
        interaction["link"] = json!(link);
        once("click", &interaction, rules)
    };
    assert_eq!(
        follow("https://other.example:81/a#b", &[], &rules),
        [(
            "$outbound_click",
            json!({
                "$el_text": "Get it",
                "$external_click_url": "https://other.example:81/a#b",
                "$external_click_host": "other.example:81",
            })
        )]
    );
    assert_eq!(
        follow(
            "https://shop.example/files/Prices.PDF?v=1#page",
            &[],
            &rules
        ),
        [(
            "$download_click",
            json!({
                "$el_text": "Get it",
                "$download_url": "https://shop.example/files/Prices.PDF?v=1#page",
                "$download_extension": "pdf",
            })
        )]
    );
    let kinds = |link: &str, attributes: &[&str]| names(&follow(link, attributes, &rules));
    assert_eq!(
        kinds("https://other.example/a.zip", &[]),
        ["$outbound_click", "$download_click"]
    );
    for link in [
        "https://shop.example/a",
        "https://shop.example/a.html",
        "https://shop.example/pdf",
        "https://shop.example/a.pdf/b",
        "mailto:a@other.example",
        "javascript:open('https://other.example/a.pdf')",
        "",
    ] {
        assert_eq!(kinds(link, &[]), [""; 0], "{link}");
    }
    let download = |link: &str, name: &str| follow(link, &["download", name], &rules)[0].1.clone();
    assert_eq!(
        download("blob:https://shop.example/1-2", "My.List.csv"),
        json!({ "$el_text": "Get it", "$download_extension": "csv" })
    );
    assert_eq!(
        download("data:text/plain,secret.txt", "")["$download_url"],
        Value::Null
    );
    assert_eq!(
        download("https://shop.example/a.b-c", "")["$download_extension"],
        Value::Null
    );
    let silent = Rules {
        mask_attributes: true,
        ..rules
    };
    assert_eq!(follow("https://other.example/a.zip", &[], &silent), []);
    let without_hashes = Rules {
        disable_hashes: true,
        mask_text: true,
        ..rules
    };
    assert_eq!(
        follow("https://other.example/#a", &[], &without_hashes)[0].1,
        json!({ "$external_click_url": "https://other.example/", "$external_click_host": "other.example" })
    );
}
