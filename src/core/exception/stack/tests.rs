use super::*;

/// The calls of a stack, innermost first, each as `function | file | line | column`.
fn calls(stack: &str) -> Vec<String> {
    let number =
        |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    parse(stack)
        .iter()
        .map(|frame| {
            let (line, column) = (number(frame.line), number(frame.column));
            format!(
                "{} | {} | {line} | {column}",
                frame.function, frame.filename
            )
        })
        .collect()
}

#[track_caller]
fn check(vectors: &[(&str, &str)]) {
    for (line, expected) in vectors {
        let expected: Vec<_> = (!expected.is_empty())
            .then_some(*expected)
            .into_iter()
            .collect();
        assert_eq!(calls(line), expected, "{line}");
    }
}

#[test]
fn calls_of_v8_are_read() {
    check(&[
        (
            "    at pay (https://shop.example/a.js:3:29)",
            "pay | https://shop.example/a.js | 3 | 29",
        ),
        (
            "    at https://shop.example/a.js:5:21",
            "? | https://shop.example/a.js | 5 | 21",
        ),
        (
            "    at new Shop (https://shop.example/a.js:4:42)",
            "new Shop | https://shop.example/a.js | 4 | 42",
        ),
        (
            "    at get total (https://shop.example/a.js:4:95)",
            "get total | https://shop.example/a.js | 4 | 95",
        ),
        (
            "    at #secret (https://shop.example/a.js:4:147)",
            "#secret | https://shop.example/a.js | 4 | 147",
        ),
        (
            "    at Object.f [as g] (https://shop.example/a.js:1:2)",
            "Object.f [as g] | https://shop.example/a.js | 1 | 2",
        ),
        (
            "    at Object.<anonymous> (https://shop.example/a.js:1:2)",
            "Object.<anonymous> | https://shop.example/a.js | 1 | 2",
        ),
        (
            "    at [Symbol.iterator] (https://shop.example/a.js:33:47)",
            "[Symbol.iterator] | https://shop.example/a.js | 33 | 47",
        ),
        (
            "    at a (b) (https://shop.example/a.js:25:41)",
            "a (b) | https://shop.example/a.js | 25 | 41",
        ),
        (
            "    at héhé (https://shop.example/a.js:34:44)",
            "héhé | https://shop.example/a.js | 34 | 44",
        ),
        (
            "    at async outer (https://shop.example/a.js:38:96)",
            "async outer | https://shop.example/a.js | 38 | 96",
        ),
        (
            "    at async https://shop.example/a.js:39:43",
            "? | https://shop.example/a.js | 39 | 43",
        ),
        (
            "    at async Promise.all (index 1)",
            "async Promise.all | index 1 | - | -",
        ),
        (
            "    at Array.map (<anonymous>)",
            "Array.map | <anonymous> | - | -",
        ),
        ("    at <anonymous>:1:7", "? | <anonymous> | 1 | 7"),
        ("    at <anonymous>", "? | <anonymous> | - | -"),
        (
            "    at Array.forEach (native)",
            "Array.forEach | native | - | -",
        ),
        (
            "    at HTMLBodyElement.onclick (https://shop.example/:1:71)",
            "HTMLBodyElement.onclick | https://shop.example/ | 1 | 71",
        ),
        (
            "    at inBlob (blob:https://shop.example/e09d53b2-3e23:1:40)",
            "inBlob | blob:https://shop.example/e09d53b2-3e23 | 1 | 40",
        ),
        (
            "    at eval (eval at <anonymous> (https://shop.example/a.js:14:20), <anonymous>:1:1)",
            "eval | https://shop.example/a.js | 14 | 20",
        ),
        (
            "    at fromEval (eval at <anonymous> (eval at <anonymous> (https://shop.example/a.js:15:26)), <anonymous>:1:41)",
            "fromEval | https://shop.example/a.js | 15 | 26",
        ),
        (
            "    at eval (webpack-internal:///(app-pages-browser)/./src/app/page.tsx:10:11)",
            "eval | webpack-internal:///(app-pages-browser)/./src/app/page.tsx | 10 | 11",
        ),
        (
            "    at wasm://wasm/3f3ee306:wasm-function[1]:0x27",
            "? | wasm://wasm/3f3ee306:wasm-function[1]:0x27 | - | -",
        ),
        (
            "    at f (http://localhost:8080/a.js?v=1:2:3)",
            "f | http://localhost:8080/a.js?v=1 | 2 | 3",
        ),
        (
            "    at Module._compile (node:internal/modules/cjs/loader:1521:14)",
            "Module._compile | node:internal/modules/cjs/loader | 1521 | 14",
        ),
        (
            "    at Object.<anonymous> (/srv/app/server.js:3:9)\r",
            "Object.<anonymous> | /srv/app/server.js | 3 | 9",
        ),
        (
            "    at f (C:\\app\\server.js:3:9)",
            "f | C:\\app\\server.js | 3 | 9",
        ),
        (
            "    at f (https://cdn.example/vue@3.5.1/dist/vue.js:3:9)",
            "f | https://cdn.example/vue@3.5.1/dist/vue.js | 3 | 9",
        ),
        ("    at f ()", ""),
        ("    at ", ""),
    ]);
}

#[test]
fn calls_of_spidermonkey_are_read() {
    check(&[
        (
            "pay@https://shop.example/a.js:3:29",
            "pay | https://shop.example/a.js | 3 | 29",
        ),
        (
            "@https://shop.example/a.js:5:21",
            "? | https://shop.example/a.js | 5 | 21",
        ),
        (
            "onclick/<@https://shop.example/:1:29",
            "onclick/< | https://shop.example/ | 1 | 29",
        ),
        (
            "get total@https://shop.example/a.js:4:95",
            "get total | https://shop.example/a.js | 4 | 95",
        ),
        (
            "a (b)@https://shop.example/a.js:25:41",
            "a (b) | https://shop.example/a.js | 25 | 41",
        ),
        (
            "async*pay@https://shop.example/a.js:1:2",
            "async*pay | https://shop.example/a.js | 1 | 2",
        ),
        (
            "setTimeout handler*pay@https://shop.example/a.js:1:2",
            "setTimeout handler*pay | https://shop.example/a.js | 1 | 2",
        ),
        (
            "f@https://cdn.example/vue@3.5.1/dist/vue.js:3:9",
            "f | https://cdn.example/vue@3.5.1/dist/vue.js | 3 | 9",
        ),
        (
            "@https://shop.example/a.js line 14 > eval:1:1",
            "eval | https://shop.example/a.js | 14 | -",
        ),
        (
            "fromEval@https://shop.example/a.js line 15 > eval line 1 > eval:1:41",
            "fromEval | https://shop.example/a.js | 15 | -",
        ),
        (
            "anonymous@https://shop.example/a.js line 17 > Function:3:1",
            "anonymous | https://shop.example/a.js | 17 | -",
        ),
        (
            "@https://shop.example/a.js line 49 > WebAssembly.instantiate:wasm-function[1]:0x27",
            "eval | https://shop.example/a.js | 49 | -",
        ),
        (
            "content@moz-extension://0f2a/content.js:1:2",
            "content | moz-extension://0f2a/content.js | 1 | 2",
        ),
        (
            "f@resource://gre/modules/a.js:1:2",
            "f | resource://gre/modules/a.js | 1 | 2",
        ),
    ]);
}

#[test]
fn calls_of_javascriptcore_are_read() {
    check(&[
        (
            "pay@https://shop.example/a.js:3:38",
            "pay | https://shop.example/a.js | 3 | 38",
        ),
        (
            "@https://shop.example/a.js:5:28",
            "? | https://shop.example/a.js | 5 | 28",
        ),
        (
            "global code@https://shop.example/a.js:5:5",
            "global code | https://shop.example/a.js | 5 | 5",
        ),
        (
            "module code@https://shop.example/m.js:1:28",
            "module code | https://shop.example/m.js | 1 | 28",
        ),
        (
            "https://shop.example/a.js:5:28",
            "? | https://shop.example/a.js | 5 | 28",
        ),
        (
            "https://cdn.example/vue@3.5.1/dist/vue.js:3:9",
            "? | https://cdn.example/vue@3.5.1/dist/vue.js | 3 | 9",
        ),
        ("map@[native code]", "map | [native code] | - | -"),
        ("[native code]", "? | [native code] | - | -"),
        (
            "f@webkit-masked-url://hidden/:12:34",
            "f | webkit-masked-url://hidden/ | 12 | 34",
        ),
        (
            "f@safari-extension://(//3284871F/2665fee0/content.js:3223:25",
            "f | safari-extension://(//3284871F/2665fee0/content.js | 3223 | 25",
        ),
        // Evaluated code has no place, and nor has what the engine does not name.
        ("eval code@", ""),
        ("eval code", ""),
        ("fromEval@", ""),
        ("1@<?>:wasm-function[1]", ""),
    ]);
}

#[test]
fn the_heading_of_a_stack_is_no_call() {
    let stack = "TypeError: write to me@shop.example:80\nor@https://shop.example/b.js:1:2\n    at pay (https://shop.example/a.js:3:29)\n    at https://shop.example/a.js:5:21";
    assert_eq!(
        calls(stack),
        [
            "pay | https://shop.example/a.js | 3 | 29",
            "? | https://shop.example/a.js | 5 | 21"
        ]
    );
    assert_eq!(calls("Error: at the end"), [""; 0]);
    assert_eq!(calls("me@shop.example"), [""; 0]);
}

#[test]
fn half_a_stack_gives_half_the_calls() {
    let stack = "pay@https://shop.example/a.js:3:29\n\n  \nrun@https://sh";
    assert_eq!(calls(stack), ["pay | https://shop.example/a.js | 3 | 29"]);
    for damaged in [
        "",
        "\n",
        "\0",
        "@",
        "@:1:2",
        ":1:2",
        "at",
        "at (",
        "at :::",
        "\u{feff}",
        "a@ > ",
        "a@b > c",
        "at f (é:1:2",
    ] {
        for frame in parse(damaged) {
            assert!(!frame.filename.is_empty(), "{damaged:?}");
        }
    }
}

#[test]
fn numbers_that_the_server_would_refuse_are_no_numbers() {
    assert_eq!(
        calls("at f (a.js:4294967295:1)"),
        ["f | a.js | 4294967295 | 1"]
    );
    assert_eq!(
        calls("at f (a.js:4294967296:1)"),
        ["f | a.js:4294967296 | 1 | -"]
    );
    assert_eq!(calls("at f (a.js:007:1)"), ["f | a.js | 7 | 1"]);
}

#[test]
fn long_lines_and_many_lines_are_skipped() {
    let long = format!("f@https://shop.example/{}.js:1:2", "x".repeat(1_000_000));
    assert_eq!(calls(&long), [""; 0]);
    let long = format!("at {}\n at f (a.js:1:2)", "(".repeat(1_000_000));
    assert_eq!(calls(&long), ["f | a.js | 1 | 2"]);
    let fits = format!("at f ({}:1:2)", "x".repeat(MAX_LINE_BYTES - 11));
    assert_eq!(calls(&fits).len(), 1);
    assert_eq!(calls(&fits.replace("at f", "at ff")).len(), 0);

    let many: String = (1..=100_000)
        .map(|line| format!("at f (a.js:{line}:1)\n"))
        .collect();
    let frames = calls(&many);
    assert_eq!(frames.len(), MAX_FRAMES);
    assert_eq!(frames[0], "f | a.js | 1 | 1", "the innermost are kept");
    let late = format!("{}at f (a.js:1:2)", "nothing\n".repeat(100_000));
    assert_eq!(calls(&late), [""; 0]);
}

/// The functions of a stack whose calls are named by single letters.
fn functions(letters: &str) -> String {
    let stack: String = letters
        .chars()
        .map(|letter| format!("{letter}@a.js:1:1\n"))
        .collect();
    parse(&stack).iter().map(|frame| frame.function).collect()
}

#[test]
fn a_recursion_is_told_once() {
    for (letters, expected) in [
        ("abc", "abc"),
        ("aaaaab", "ab"),
        ("xababababc", "xabc"),
        ("abcabcabcd", "abcd"),
        ("aabaabaab", "ab"),
        // Where the stack ran over is no matter, and nor is where the recursion was entered.
        ("ababac", "abc"),
        ("abab", "ab"),
        ("aabb", "ab"),
        ("abcdefghijklabcdefghijkl", "abcdefghijklabcdefghijkl"),
    ] {
        assert_eq!(functions(letters), expected, "{letters}");
    }
    let deep = format!("{}main", "ab".repeat(400));
    assert_eq!(
        functions(&deep),
        "abmain",
        "what is beyond the recursion is seen"
    );
}

#[test]
fn calls_at_different_places_are_no_recursion() {
    let stack = "f@a.js:1:1\nf@a.js:1:2\nf@b.js:1:2";
    assert_eq!(calls(stack).len(), 3);
}
